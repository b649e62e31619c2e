import { gridConstant } from "../lower/emitGrid.js";
import type { Op } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { tableOf } from "../reference/shapes.js";
import { fixed, type InputDraft, integers, keyed, vectorOf } from "../testing/extremes/vectorOf.js";
import { type OpCase, opCase } from "../testing/vectors.js";

/**
 * Every point of a program's grids, and what lies beyond their ends, as cases: a device whose exp and sigmoid agree with
 * the tables at all of them may compute them itself. Rows of odd lengths, so that points fall on every lane of a vector.
 */
export function gridCases(program: Tabled): OpCase[] {
  const tables = new Map<string, Op>();
  for (const op of program.ops) if (op.kind === "exponent" || op.kind === "sigmoid") tables.set(op.table, op);
  return [...tables.values()].flatMap((op) => {
    if (op.kind === "exponent") return exponentCases(program, op);
    return op.kind === "sigmoid" ? sigmoidCases(program, op) : [];
  });
}

type Tabled = Pick<Program, "ops" | "tables">;

function exponentCases(program: Tabled, { table, gridBits }: Extract<Op, { kind: "exponent" }>): OpCase[] {
  const { data } = tableOf(program, table, "integers");
  const step = 2 ** -gridBits;
  const constant = gridConstant(gridBits);
  const limit = 2 ** (22 - gridBits);
  const beyond = [1, 2, 3, 100, 10_000].map((more) => data.length - 1 + more);
  const distances = [...data.keys(), ...beyond].filter((t) => t * step < limit);
  return [0, 1, 2, 3].flatMap((shift) =>
    // From the middle of the grid and from its upper end.
    [constant, constant + limit - step].map((max) => {
      const row = [...new Array<number>(shift).fill(0), ...distances].map((t) => max - t * step);
      const name = `every point of the grid, the maximum at ${max}, moved by ${shift}`;
      return gridCase(name, { kind: "exponent", scores: 0, max: 1, table: "t", gridBits }, data, [
        keyed("f32", null, [row]),
        fixed("f32", [max]),
      ]);
    }),
  );
}

function sigmoidCases(program: Tabled, { table, gridBits }: Extract<Op, { kind: "sigmoid" }>): OpCase[] {
  const { data } = tableOf(program, table, "integers");
  const half = (data.length - 1) / 2;
  const step = 2 ** -gridBits;
  const points = Array.from(data, (_, i) => (i - half) * step);
  const far = [half + 1, half + 2, 2 * half, 2 ** 22].map((t) => t * step).flatMap((x) => [x, -x]);
  const ends = [1e9, 1e20, 3e38].map(Math.fround).flatMap((x) => [x, -x]);
  // Halfway between points an argument is rounded to one of them; that is no matter of the function.
  return [0, 1, 2, 3].map((shift) => {
    const row = [...new Array<number>(shift).fill(0), ...points, ...far, ...ends];
    const op = { kind: "sigmoid", x: 0, width: row.length, table: "t", gridBits } as const;
    return gridCase(`every point of the grid, moved by ${shift}`, op, data, [fixed("f32", row)]);
  });
}

function gridCase(
  name: string,
  op: { readonly kind: Op["kind"]; readonly [field: string]: unknown },
  table: Int32Array,
  inputs: readonly InputDraft[],
): OpCase {
  const keys = inputs[0]!.rows[0]!.length;
  const position = op.kind === "exponent" ? keys - 1 : 0;
  return opCase(vectorOf({ name, op, position, inputs, tables: { t: integers([...table]) } }));
}
