import { fileURLToPath } from "node:url";
import { loadKeccak } from "@openledger/sdk";
import { describe, expect, test } from "vitest";
import { loadAdapter } from "../../model/adapter.js";
import { loadModel } from "../../model/model-folder.js";
import { compileModel } from "../compile/compileModel.js";
import { commitProgram } from "../document/commitProgram.js";
import { PRODUCT_FORMS } from "../lower/codes/CodeForm.js";
import { ARITHMETICS, type Arithmetic, type Program, TIERS } from "../program/Program.js";
import { randomSource } from "../testing/random.js";
import { ReferenceProvider } from "../trace/ReferenceProvider.js";
import type { BlockRequest, RowProvider } from "../trace/RowProvider.js";
import { traceRoot } from "../trace/Trace.js";
import { SessionProvider } from "./SessionProvider.js";

const keccak = await loadKeccak();
const CPU = { provider: "cpu", threads: 1 } as const;

async function programOf(family: string, tier: Program["tier"], arithmetic: Arithmetic): Promise<Program> {
  const folder = fileURLToPath(new URL(`../../../fixtures/${family}/`, import.meta.url));
  const model = await loadModel(folder);
  const adapter = await loadAdapter(`${folder}adapter`, model.architecture);
  const random = randomSource(5);
  const noise = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  const { hidden } = model.architecture;
  const codes = { mean: noise(hidden), projection: noise(128 * hidden) };
  return compileModel(model, { tier, arithmetic, maxPositions: 64, adapter, codes });
}

/** Rows of the second that are not those of the first, by operation. */
function compared(program: Program, first: RowProvider, second: RowProvider): RowProvider {
  return {
    async rows(request: BlockRequest) {
      const [wanted, found] = [await first.rows(request), await second.rows(request)];
      const block = program.blocks[request.block]!;
      for (const [i, row] of wanted.values.entries()) {
        const other = found.values[i]!;
        const { kind } = program.ops[block.from + i]!;
        const equal = Buffer.compare(bytes(row), bytes(other)) === 0;
        expect(equal, `operation ${block.from + i} (${kind}) from position ${request.from}`).toBe(true);
      }
      return wanted;
    },
  };
}

function bytes(row: ArrayBufferView): Buffer {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength);
}

const CASES = ARITHMETICS.flatMap((arithmetic) => TIERS.map((tier) => ({ arithmetic, tier })));

describe("rows of a trace by onnxruntime", () => {
  describe.each(["llama", "mistral", "qwen2", "qwen3", "gpt2"])("%s", (family) => {
    test.each(CASES)("are the reference's, bit for bit, and so is the root: $arithmetic, $tier", async (one) => {
      const program = await programOf(family, one.tier, one.arithmetic);
      const random = randomSource(3);
      const tokens = Array.from({ length: 21 }, () => Math.floor(random() * program.shape.vocabulary));
      const committed = commitProgram(keccak, program);
      for (const products of PRODUCT_FORMS) {
        const sessions = new SessionProvider(program, { device: CPU, products, grids: "table" });
        const both = compared(program, new ReferenceProvider(program), sessions);
        // Strides of eight: the second and third run have a past, which a window of 16 cuts.
        const expected = await traceRoot({ keccak, program: committed, tokens, provider: both, stride: 8 });
        expect(await traceRoot({ keccak, program: committed, tokens, provider: sessions })).toEqual(expected);
        await sessions.release();
      }
    });
  });
});
