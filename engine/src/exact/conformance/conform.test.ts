import { beforeAll, describe, expect, test } from "vitest";
import { loadModel, type Model } from "../../model/model-folder.js";
import { LLAMA } from "../../serve/testModel.js";
import { compileModel } from "../compile/compileModel.js";
import type { Op } from "../program/Op.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { conform, type RunCase } from "./conform.js";
import { runOpCase } from "./runOpCase.js";

const CPU = { provider: "cpu", threads: 1 } as const;

let model: Model;
beforeAll(async () => {
  model = await loadModel(LLAMA);
});

/** A device that is wrong in the last element of some operations. */
function faulty(isFaulty: (kind: Op["kind"], forms: Parameters<RunCase>[2], copies: number) => boolean): RunCase {
  return async (of, device, forms, copies) => {
    const rows = await runOpCase(of, device, forms, copies);
    if (isFaulty(of.program.ops[of.op]!.kind, forms, copies)) {
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
    const noVnni = faulty((kind, { products }, copies) => kind === "linear" && products === "u8s8" && copies > 1);
    expect(await conform(CPU, program, noVnni)).toMatchObject({
      products: "u8u8",
      refused: [{ products: "u8s8", vector: expect.stringMatching(/^linear: /), copies: 5 }],
    });
    const noBytes = faulty((kind, { products }) => kind === "mix" && products !== "f32");
    expect(await conform(CPU, program, noBytes)).toMatchObject({
      products: "f32",
      refused: [{ products: "u8s8" }, { products: "u8u8" }],
    });
  });

  test("whose functions miss a point of a grid looks them up", async () => {
    const program = compileModel(model, { tier: "w8a8" });
    const wrong = faulty((kind, { grids }) => kind === "sigmoid" && grids === "function");
    expect(await conform(CPU, program, wrong)).toMatchObject({
      products: "u8s8",
      grids: "table",
      refused: [{ grids: "function", vector: expect.stringMatching(/^sigmoid: every point/) }],
    });
  });

  const kinds: readonly Op["kind"][] = [
    ...new Set([
      ...tinyProgram({ headNorms: "all", digits: 2 }).ops.map(({ kind }) => kind),
      ...tinyProgram({ mlp: "plain" }).ops.map(({ kind }) => kind),
    ]),
  ].filter((kind) => !["embed", "addPosition", "integerLogits", "signBits"].includes(kind));

  test.each(kinds)("that is wrong in %s alone is refused, and told where", async (wrong) => {
    const program = tinyProgram();
    const refusal = conform(
      CPU,
      program,
      faulty((kind) => kind === wrong),
    );
    await expect(refusal).rejects.toMatchObject({
      code: "device_inexact",
      message: expect.stringMatching(
        new RegExp(`execution provider cpu is not exact: with u8s8 products, ${wrong}: .* must be .*, found .*TF32`),
      ),
    });
  });

  test("that is not there is told of as such", async () => {
    await expect(conform({ provider: "cuda", threads: 1 }, tinyProgram())).rejects.toMatchObject({
      code: "device_missing",
      message: expect.stringContaining("execution provider cuda"),
    });
  });
});
