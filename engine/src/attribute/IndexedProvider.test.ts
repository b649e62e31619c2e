import { loadKeccak } from "@openledger/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileModel } from "../exact/compile/compileModel.js";
import { commitProgram } from "../exact/document/commitProgram.js";
import { readProgramDocument } from "../exact/document/readProgramDocument.js";
import type { Program } from "../exact/program/Program.js";
import { proveBounds } from "../exact/prove/proveBounds.js";
import { ExactModel } from "../exact/run/ExactModel.js";
import { SessionProvider } from "../exact/run/SessionProvider.js";
import { ReferenceRows } from "../exact/testing/ReferenceRows.js";
import { randomSource } from "../exact/testing/random.js";
import { tinyProgram } from "../exact/testing/tinyProgram.js";
import { openElement } from "../exact/trace/openElement.js";
import { ReferenceProvider } from "../exact/trace/ReferenceProvider.js";
import { Trace, traceRoot } from "../exact/trace/Trace.js";
import { verifyLeafElement } from "../exact/trace/verifyLeafElement.js";
import { loadModel } from "../model/model-folder.js";
import { LLAMA } from "../serve/testModel.js";
import { AttributionIndex } from "./AttributionIndex.js";
import { CODE_BYTES, joinCodes, type PositionCodes, sliceCodes } from "./codes.js";
import { codesOfRun } from "./codesOfRun.js";
import { IndexedProvider } from "./IndexedProvider.js";
import { creditRecords } from "./kernel.js";
import { ARBITRARY_ROWS } from "./testCodes.js";
import { indexOf } from "./testing/referenceCredits.js";
import { creditsOf, withIndexes } from "./withIndexes.js";

const keccak = await loadKeccak();
const ZERO = `0x${"00".repeat(32)}` as const;
const FORMS = { device: { provider: "cpu", threads: 1 }, products: "u8s8", grids: "table" } as const;

/** Tokens of `testCodes` are below. */
const SMALL = tinyProgram({ attribution: "base", vocabulary: 6 });
const TOKENS = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 });
const INDEX = ARBITRARY_ROWS.filter((rows) => rows.length > 0);

describe("rows of attribution by postings", () => {
  test("are the reference's, and so is the root, whatever is run at a time", async () => {
    const stride = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(INDEX, { minLength: 1, maxLength: 3 }),
        TOKENS,
        stride,
        async (rows, tokens, stride) => {
          const program = withIndexes(
            SMALL,
            rows.map((one) => indexOf(one, (token) => 10 * token)),
          );
          const committed = commitProgram(keccak, program);
          const reference = new ReferenceProvider(program);
          const indexed = new IndexedProvider(program, new ReferenceProvider(SMALL));

          const expected = await traceRoot({ keccak, program: committed, tokens, provider: reference });
          const found = await traceRoot({ keccak, program: committed, tokens, provider: indexed, stride });

          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a base with indexes", () => {
  const texts = [1, 2, 3, 4].map((seed) => {
    const random = randomSource(seed);
    return Array.from({ length: 30 }, () => 1 + Math.floor(random() * 40));
  });
  const answer = [...texts[1]!.slice(5, 20), ...texts[3]!.slice(10, 15)];

  async function base(): Promise<Program> {
    const model = await loadModel(LLAMA);
    const random = randomSource(9);
    const noise = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
    const { hidden } = model.architecture;
    const codes = { mean: noise(hidden), projection: noise(128 * hidden) };
    return compileModel(model, { tier: "w8a16", maxPositions: 64, codes });
  }

  /** Codes of a text's tokens, read as they are served. */
  async function read(exact: ExactModel, ids: readonly number[]): Promise<PositionCodes> {
    const { endToken } = exact.program.shape;
    const wanted = ids.map((_, i) => i);
    const result = await exact.run({ tokens: [endToken, ...ids.slice(0, -1)], count: 1, wanted });
    return codesOfRun(exact.program, result, ids);
  }

  test("pays by rows of its trace, from the base's codes to credits", async () => {
    const program = await base();
    const exact = await ExactModel.open(program, FORMS);
    const rows: PositionCodes[] = [];
    for (const ids of texts) rows.push(await read(exact, ids));
    const own = await read(exact, answer);
    await exact.release();
    const parts = { baseWeightsRoot: ZERO, attributionHash: ZERO };
    const indexes = [rows.slice(0, 3), rows.slice(3)].map((of) => AttributionIndex.of({ rows: of, ...parts }, []));

    const indexed = withIndexes(program, indexes);
    const tokens = [program.shape.endToken, ...answer];
    const reference = new ReferenceRows(indexed, tokens);

    // Codes and surprises that are served are the trace's; at the last position nothing follows.
    const traced = answer.map((id, i) => ({
      ids: Uint32Array.of(id),
      surprises: reference.row(indexed.surprise!, i) as Uint8Array,
      codes: reference.row(indexed.codes!, i) as Uint8Array,
    }));
    expect(own).toEqual(joinCodes(traced));
    expect(own.codes.length).toBe(answer.length * CODE_BYTES);
    expect(reference.row(indexed.surprise!, answer.length)[0]).toBe(0);
    // Credits of all positions add up to what the answer's records are paid by.
    const sums = creditsOf(indexed).map((value) =>
      tokens.reduce((sum, _, t) => sum.map((credit, i) => credit + reference.row(value, t)[i]!), [0, 0, 0]),
    );
    const { credits } = creditRecords(indexes, own);
    expect(sums[0]).toEqual([...credits[0]!]);
    expect(sums[1]![0]).toBe(credits[1]![0]);
    expect(Math.min(credits[0]![1]!, credits[1]![0]!)).toBeGreaterThan(0);

    // All of it is proven, committed to, and traced at speed.
    expect(proveBounds(indexed).ops).toHaveLength(indexed.ops.length);
    const known = commitProgram(keccak, program);
    const committed = commitProgram(keccak, indexed, known);
    expect(committed.id).not.toBe(known.id);
    const sessions = new SessionProvider(program, FORMS);
    const provider = new IndexedProvider(indexed, sessions);
    const trace = await Trace.record({ keccak, program: committed, tokens, provider });
    const slow = await traceRoot({
      keccak,
      program: committed,
      tokens,
      provider: new ReferenceProvider(indexed),
    });
    expect(trace.root).toBe(slow.root);

    // Whoever has the document alone is shown a credit.
    const court = readProgramDocument(committed.document);
    const place = { op: creditsOf(indexed)[0]!, position: 3, part: 0 };
    const evidence = await openElement({ keccak, program: committed, tokens, leaves: trace }, place, 1);
    expect(verifyLeafElement(court, { root: trace.root, tokens }, evidence)).toEqual({
      verdict: "holds",
      value: reference.row(place.op, 3)[1],
    });
    await sessions.release();
  });

  test("reads codes of any part of a run, and refuses those it cannot", async () => {
    const program = await base();
    const exact = await ExactModel.open(program, FORMS);
    const whole = await read(exact, answer);
    const wanted = [4, 5, 6];
    const tokens = [program.shape.endToken, ...answer.slice(0, 6)];
    const part = await exact.run({ tokens, count: 1, wanted });
    await exact.release();

    expect(codesOfRun(program, part, answer.slice(4, 7))).toEqual(sliceCodes(whole, 4, 7));
    expect(() => codesOfRun(program, part, answer.slice(4, 6))).toThrow("codes of 2 tokens are asked for of 3 rows");
    expect(() => codesOfRun(program, { ...part, signs: undefined }, answer.slice(4, 7))).toThrow("without codes");
    expect(() => codesOfRun(program, part, [1, 2, 10_000])).toThrow(
      expect.objectContaining({ code: "token_out_of_range" }),
    );
  });
});
