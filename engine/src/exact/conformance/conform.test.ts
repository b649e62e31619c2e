import { beforeAll, describe, expect, test } from "vitest";
import { loadModel, type Model } from "../../model/model-folder.js";
import { LLAMA } from "../../serve/testModel.js";
import { compileModel } from "../compile/compileModel.js";
import type { Op } from "../program/Op.js";
import { ARITHMETICS, type Arithmetic } from "../program/Program.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { conform, type RunCase } from "./conform.js";
import { runOpCase } from "./runOpCase.js";
import { usableArithmetic } from "./usableArithmetic.js";

const CPU = { provider: "cpu", threads: 1 } as const;

let model: Model;
beforeAll(async () => {
  model = await loadModel(LLAMA);
});

/** What a faulty device goes by. */
interface Tried {
  readonly kind: Op["kind"];
  readonly arithmetic: Arithmetic;
  readonly products: string;
  readonly grids: string;
  readonly copies: number;
}

/** A device that is wrong in the last element of some operations. */
function faulty(isFaulty: (tried: Tried) => boolean): RunCase {
  return async (of, device, forms, copies) => {
    const rows = await runOpCase(of, device, forms, copies);
    const { ops, arithmetic } = of.program;
    if (isFaulty({ kind: ops[of.op]!.kind, arithmetic, ...forms, copies })) {
      const last = rows.at(-1)!;
      last[last.length - 1]! = last[last.length - 1] === 0 ? 1 : 0;
    }
    return rows;
  };
}

describe("a device", () => {
  test("is taken in the fastest form that is exact", async () => {
    const program = compileModel(model, { tier: "w8a8" });
    expect(await conform(CPU, program)).toMatchObject({ products: "u8s8", grids: "function", refused: [] });
  });

  test("that saturates products of u8 and s8 falls back to u8 and u8, and without bytes to fp32", async () => {
    const program = compileModel(model, { tier: "w8a8" });
    const noVnni = faulty(({ kind, products, copies }) => kind === "linear" && products === "u8s8" && copies > 1);
    expect(await conform(CPU, program, noVnni)).toMatchObject({
      products: "u8u8",
      refused: [{ products: "u8s8", vector: expect.stringMatching(/^linear: /), copies: 5 }],
    });
    const noBytes = faulty(({ kind, products }) => kind === "mix" && products !== "f32");
    expect(await conform(CPU, program, noBytes)).toMatchObject({
      products: "f32",
      refused: [{ products: "u8s8" }, { products: "u8u8" }],
    });
  });

  test("whose functions miss a point of a grid looks them up", async () => {
    const program = compileModel(model, { tier: "w8a8" });
    const wrong = faulty(({ kind, grids }) => kind === "sigmoid" && grids === "function");
    expect(await conform(CPU, program, wrong)).toMatchObject({
      products: "u8s8",
      grids: "table",
      refused: [{ grids: "function", vector: expect.stringMatching(/^sigmoid: every point/) }],
    });
  });

  test("takes integers in the fastest form that is exact, and always looks functions up", async () => {
    const program = tinyProgram({ arithmetic: "integer" });
    expect(await conform(CPU, program)).toMatchObject({ products: "u8s8", grids: "table", refused: [] });
    const noVnni = faulty(({ kind, products }) => kind === "linear" && products === "u8s8");
    expect(await conform(CPU, program, noVnni)).toMatchObject({ products: "u8u8", refused: [{ products: "u8s8" }] });
  });

  const kindsOf = (arithmetic: Arithmetic): Op["kind"][] =>
    [
      ...new Set([
        ...tinyProgram({ arithmetic, headNorms: "all", digits: 2 }).ops.map(({ kind }) => kind),
        ...tinyProgram({ arithmetic, mlp: "plain" }).ops.map(({ kind }) => kind),
      ]),
    ].filter((kind) => !["embed", "addPosition", "integerLogits", "signBits"].includes(kind));

  describe.each(ARITHMETICS)("of numbers that are %s", (arithmetic) => {
    test.each(kindsOf(arithmetic))("that is wrong in %s alone is refused, and told where", async (wrong) => {
      const program = tinyProgram({ arithmetic });
      const refusal = conform(
        CPU,
        program,
        faulty(({ kind }) => kind === wrong),
      );
      const name = arithmetic === "float" ? wrong : `${wrong} of integers`;
      await expect(refusal).rejects.toMatchObject({
        code: "device_inexact",
        message: expect.stringMatching(
          new RegExp(`execution provider cpu is not exact: with u8s8 products, ${name}: .* must be .*, found .*TF32`),
        ),
      });
    });

    test("is tried with vectors of that arithmetic alone", async () => {
      const others = faulty((tried) => tried.arithmetic !== arithmetic);
      const { refused } = await conform(CPU, tinyProgram({ arithmetic }), others);
      expect(refused.filter(({ grids }) => grids === "table")).toEqual([]);
    });
  });

  test("that is not there is told of as such", async () => {
    for (const found of [conform, usableArithmetic]) {
      await expect(found({ provider: "cuda", threads: 1 }, tinyProgram())).rejects.toMatchObject({
        code: "device_missing",
        message: expect.stringContaining("execution provider cuda"),
      });
    }
  });
});

describe("a node", () => {
  const program = tinyProgram();

  test("computes in binary32 where its device is exact", async () => {
    expect(await usableArithmetic(CPU, program)).toMatchObject({
      arithmetic: "float",
      conformity: { products: "u8s8" },
    });
  });

  test("computes in integers where quotients or roots of binary32 are rounded otherwise", async () => {
    const roots = faulty(({ kind, arithmetic }) => kind === "normScale" && arithmetic === "float");
    expect(await usableArithmetic(CPU, program, roots)).toMatchObject({
      arithmetic: "integer",
      conformity: { products: "u8s8", grids: "table" },
      refused: { code: "device_inexact", message: expect.stringContaining("normScale: ") },
    });
  });

  test("refuses a device that is exact in neither, and says of both why", async () => {
    const floors = faulty(({ kind }) => kind === "quantize");
    await expect(usableArithmetic(CPU, program, floors)).rejects.toMatchObject({
      code: "device_inexact",
      message: expect.stringMatching(/products, quantize: .*Nor are integers: .*products, quantize of integers: /),
    });
  });
});
