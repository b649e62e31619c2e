/** Whole models of every family: the same bits whatever is asked of them at once, and those of the reference. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadAdapter } from "../../model/adapter.js";
import { loadModel } from "../../model/model-folder.js";
import { compileModel } from "../compile/compileModel.js";
import { PRODUCT_FORMS } from "../lower/codes/CodeForm.js";
import { ARITHMETICS, type Arithmetic, type Program, TIERS } from "../program/Program.js";
import { referenceRun } from "../reference/referenceRun.js";
import { integerLogits } from "../sampling/integerLogits.js";
import { StepEngine } from "../step/StepEngine.js";
import { StepModel } from "../step/StepModel.js";
import { randomSource } from "../testing/random.js";
import { ExactModel } from "./ExactModel.js";

const FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "gpt2"] as const;
/** More than the window of the fixture that has one. */
const LENGTH = 40;

interface Compiled {
  readonly family: string;
  readonly tier: Program["tier"];
  readonly arithmetic: Arithmetic;
}

async function programOf({ family, tier, arithmetic }: Compiled, of: "base" | "adapter"): Promise<Program> {
  const folder = fileURLToPath(new URL(`../../../fixtures/${family}/`, import.meta.url));
  const model = await loadModel(folder);
  const adapter = of === "base" ? {} : { adapter: await loadAdapter(`${folder}adapter`, model.architecture) };
  return compileModel(model, { tier, arithmetic, maxPositions: 64, ...adapter });
}

function tokensOf({ shape }: Program, seed: number, length = LENGTH): number[] {
  const random = randomSource(seed);
  return Array.from({ length }, () => Math.floor(random() * shape.vocabulary));
}

/** Integer logits of each row. */
function rowsOf(logits: Float32Array, vocabulary: number): Int32Array[] {
  return Array.from({ length: logits.length / vocabulary }, (_, row) =>
    integerLogits(logits.subarray(row * vocabulary, (row + 1) * vocabulary)),
  );
}

/** Rows that are not equal to the last bit; a comparison of millions of numbers by the assertion itself takes minutes. */
function unequal(found: readonly Int32Array[], expected: readonly Int32Array[]): number {
  expect(found.length).toBe(expected.length);
  return found.filter((row, i) => Buffer.compare(bytesOf(row), bytesOf(expected[i]!)) !== 0).length;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array) => Buffer.from(buffer, byteOffset, byteLength);

const open = (program: Program, threads: number, products: (typeof PRODUCT_FORMS)[number] = "u8s8") =>
  ExactModel.open(program, { device: { provider: "cpu", threads }, products, grids: "table" });

const CASES = ARITHMETICS.flatMap((arithmetic) => TIERS.map((tier) => ({ arithmetic, tier })));

describe.each(FAMILIES)("%s", (family) => {
  describe.each(CASES)("$arithmetic, $tier", ({ arithmetic, tier }) => {
    test.each(["base", "adapter"] as const)(
      "gives the reference's logits in every form of products: %s",
      async (of) => {
        const program = await programOf({ family, tier, arithmetic }, of);
        // the reference is slow: what is far apart is asked of the forms among themselves, below
        const tokens = tokensOf(program, 1, 12);
        const expected = referenceRun(program, tokens).logits;
        for (const products of PRODUCT_FORMS) {
          const exact = await open(program, 1, products);
          const { logits } = await exact.run({ tokens, count: 1, wanted: tokens.map((_, row) => row) });
          expect(unequal(rowsOf(logits, program.shape.vocabulary), expected), products).toBe(0);
          await exact.release();
        }
      },
    );

    test("gives equal logits in one pass, in parts, step by step, in any company and on any threads", async () => {
      const program = await programOf({ family, tier, arithmetic }, "adapter");
      const { vocabulary } = program.shape;
      const texts = [1, 2, 3].map((seed) => tokensOf(program, seed));
      const wanted = texts[0]!.map((_, row) => row);
      let expected: Int32Array[][] | undefined;
      for (const threads of [1, 2]) {
        const exact = await open(program, threads);
        const passes: Int32Array[][] = [];
        for (const tokens of texts)
          passes.push(rowsOf((await exact.run({ tokens, count: 1, wanted })).logits, vocabulary));
        expected ??= passes;
        expect(unequal(passes.flat(), expected.flat())).toBe(0);

        const together = await exact.run({ tokens: texts.flat(), count: 3, wanted: [...new Array(3 * LENGTH).keys()] });
        expect(unequal(rowsOf(together.logits, vocabulary), expected.flat())).toBe(0);

        // Sequences of different lengths, read in parts, then all one token further at once.
        const cache = exact.newCache(3);
        const starts = [3, 11, 20];
        for (const [b, start] of starts.entries()) {
          await exact.prefill(texts[b]!.slice(0, 2), cache, b);
          const last = await exact.prefill(texts[b]!.slice(2, start), cache, b);
          expect(unequal([integerLogits(last)], [expected[b]![start - 1]!])).toBe(0);
        }
        for (let further = 0; further < LENGTH - 20; further++) {
          const logits = await exact.step(
            starts.map((start, b) => texts[b]![start + further]!),
            cache,
          );
          const wanted = starts.map((start, b) => expected![b]![start + further]!);
          expect(unequal(rowsOf(logits, vocabulary), wanted)).toBe(0);
        }
        await exact.release();
      }
    });

    test("gives equal logits on kernels: of a text that they read, and behind one that a graph read", async () => {
      const engine = new StepEngine();
      const base = await programOf({ family, tier, arithmetic }, "base");
      const program = await programOf({ family, tier, arithmetic }, "adapter");
      if (arithmetic === "integer") {
        const refusal = expect.objectContaining({ code: "arithmetic_unsupported" });
        expect(() => new StepModel(engine, program)).toThrow(refusal);
        return;
      }
      const { vocabulary } = program.shape;
      const tokens = tokensOf(program, 4);
      const exact = await open(program, 1);
      const { logits } = await exact.run({ tokens, count: 1, wanted: tokens.map((_, row) => row) });
      const expected = rowsOf(logits, vocabulary);

      const model = new StepModel(engine, program);
      const alone = model.newSequence(LENGTH);
      const behind = model.newSequence(LENGTH);
      behind.append(await exact.run({ tokens: tokens.slice(0, 17), count: 1, wanted: [16] }), 17);
      // Another program's steps in between, in the same memory.
      const other = new StepModel(engine, base);
      const others = other.newSequence(LENGTH);
      const found = tokens.map((token, position) => {
        other.step(others, token);
        const row = model.step(alone, token).slice();
        if (position >= 17) expect(unequal([model.step(behind, token)], [row])).toBe(0);
        return row;
      });
      expect(unequal(found, expected)).toBe(0);
      await exact.release();
    });
  });
});
