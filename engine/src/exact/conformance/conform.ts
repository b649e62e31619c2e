/**
 * Whether a device is exact, found out by trying: every operation on every vector of extremes, before anything is served
 * or audited. Of the ways to compute products the first that is exact is taken; a device without one is refused, with the
 * first difference.
 */
import { ExactError } from "../errors.js";
import { PRODUCT_FORMS, type ProductForm } from "../lower/codes/CodeForm.js";
import type { GridForm } from "../lower/emitGrid.js";
import type { Program } from "../program/Program.js";
import type { OpCase } from "../testing/vectors.js";
import type { Device, DeviceFormNames } from "./Device.js";
import { differenceOf, type RowDifference } from "./differenceOf.js";
import { graphCases } from "./extremeCases.js";
import { gridCases } from "./gridCases.js";
import { runOpCase } from "./runOpCase.js";

/** One row and several take different kernels. */
const COPIES = [1, 5] as const;

/** Where a device made something else than the reference. */
export interface Difference extends RowDifference {
  readonly products: ProductForm;
  readonly grids: GridForm;
  readonly copies: number;
}

export interface Conformity extends DeviceFormNames {
  readonly device: Device;
  /** What made faster ways unusable. */
  readonly refused: readonly Difference[];
}

/** Computes a vector on a device: `runOpCase`, or what stands for a faulty device in tests. */
export type RunCase = typeof runOpCase;

/**
 * Tries the vectors of a program's arithmetic.
 *
 * @param program whose grids are tried: a device may compute their functions itself where it agrees at every point; integers
 * are always looked up
 * @throws ExactError `device_inexact` with operation, input and both results where no way is exact
 */
export async function conform(
  device: Device,
  program: Pick<Program, "arithmetic" | "ops" | "tables">,
  run: RunCase = runOpCase,
): Promise<Conformity> {
  const { arithmetic } = program;
  const cases = graphCases(arithmetic);
  const refused: Difference[] = [];
  for (const products of PRODUCT_FORMS) {
    const difference = await firstDifference(cases, device, { products, grids: "table" }, run);
    if (difference !== undefined) {
      refused.push(difference);
      continue;
    }
    if (arithmetic === "integer") return { device, products, grids: "table", refused };
    const own = await firstDifference(gridCases(program), device, { products, grids: "function" }, run);
    if (own !== undefined) refused.push(own);
    return { device, products, grids: own === undefined ? "function" : "table", refused };
  }
  throw new ExactError("device_inexact", refusal(device, refused));
}

async function firstDifference(
  cases: readonly OpCase[],
  device: Device,
  forms: DeviceFormNames,
  run: RunCase,
): Promise<Difference | undefined> {
  for (const one of cases) {
    for (const copies of COPIES) {
      for (const row of await run(one, device, forms, copies)) {
        const difference = differenceOf(row, one);
        if (difference !== undefined) return { ...forms, ...difference, copies };
      }
    }
  }
  return undefined;
}

function refusal({ provider }: Device, refused: readonly Difference[]): string {
  const each = refused.map(
    ({ products, vector, element, input, expected, found, copies }) =>
      `with ${products} products, ${vector}, ${copies} rows: element ${element} of input ${input} must be ${expected}, found ${found}`,
  );
  return (
    `execution provider ${provider} is not exact: ${each.join("; ")}. Use another provider, or turn off what rounds ` +
    "otherwise (fast math, TF32: NVIDIA_TF32_OVERRIDE=0)."
  );
}
