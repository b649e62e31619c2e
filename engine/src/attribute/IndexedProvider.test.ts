import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadKeccak } from "@openledger/sdk";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { compileModel } from "../exact/compile/compileModel.js";
import { commitProgram } from "../exact/document/commitProgram.js";
import { readProgramDocument } from "../exact/document/readProgramDocument.js";
import type { Program } from "../exact/program/Program.js";
import { proveBounds } from "../exact/prove/proveBounds.js";
import { rememberedValues } from "../exact/reference/referenceRun.js";
import { ExactModel } from "../exact/run/ExactModel.js";
import { SessionProvider } from "../exact/run/SessionProvider.js";
import { ReferenceRows } from "../exact/testing/ReferenceRows.js";
import { tinyProgram } from "../exact/testing/tinyProgram.js";
import type { History } from "../exact/trace/fast/StageSource.js";
import { openElement } from "../exact/trace/openElement.js";
import { ReferenceProvider } from "../exact/trace/ReferenceProvider.js";
import type { BlockRows } from "../exact/trace/RowProvider.js";
import { Trace, traceRoot } from "../exact/trace/Trace.js";
import { verifyLeafElement } from "../exact/trace/verifyLeafElement.js";
import { loadModel } from "../model/model-folder.js";
import { Tokenizer } from "../model/tokenizer.js";
import { ATTRIBUTION_FILE, parseAttributionBase } from "./AttributionBase.js";
import { CODE_BYTES, joinCodes, type PositionCodes, sliceCodes } from "./codes.js";
import { codesOfRun } from "./codesOfRun.js";
import { IndexedProvider } from "./IndexedProvider.js";
import { AttributionIndex } from "./kernel/AttributionIndex.js";
import { creditRecords } from "./kernel/creditRecords.js";
import { ARBITRARY_ROWS } from "./testCodes.js";
import { indexOf } from "./testing/referenceCredits.js";
import { creditsOf, withIndexes } from "./withIndexes.js";

const keccak = await loadKeccak();
const BASE = fileURLToPath(new URL("../../models/base/", import.meta.url));
const ZERO = `0x${"00".repeat(32)}` as const;
const FORMS = { device: { provider: "cpu", threads: 1 }, products: "u8s8", grids: "table" } as const;

/** Tokens of `testCodes` are below. */
const SMALL = tinyProgram({ attribution: "base", vocabulary: 6 });
const TOKENS = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 });
const ONE = { surprises: Uint8Array.of(9), codes: new Uint8Array(CODE_BYTES) };
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

  test("are the reference's where sums pass 2^24 and where a surprise is 1", () => {
    const row = (surprise: number) => ({
      ids: new Uint32Array(256).fill(3),
      surprises: new Uint8Array(256).fill(surprise),
      codes: new Uint8Array(256 * CODE_BYTES).fill(0xa5),
    });
    const rows = [row(1), ...Array.from({ length: 40 }, () => row(127))];
    const program = withIndexes(SMALL, [indexOf(rows, () => 126)]);
    const entering = new Map<number, Uint8Array>([
      [program.codes!, new Uint8Array(2 * CODE_BYTES).fill(0xa5)],
      [program.surprise!, Uint8Array.of(127, 90)],
    ]);
    const block = program.blocks.length - 1;
    const alone = program.ops.findIndex(({ kind }) => kind === "credit");
    const before = Int32Array.from(rows, (_, record) => 3_000_000 * (record % 3));
    const read = rememberedValues(program).filter(
      (value) => value === program.surprise || value >= program.ops.length - 12,
    );
    const past = new Map<number, History>(
      read.map((value) => [value, { first: 0, rows: value === alone ? before : new Int32Array(rows.length).fill(5) }]),
    );
    past.set(program.surprise!, { first: 0, rows: Uint8Array.of(77) });
    const request = { block, from: 1, to: 3, tokens: [0, 0, 3, 3], input: undefined, entering, past };

    const found = new IndexedProvider(program, new ReferenceProvider(SMALL)).rows(request);

    expect(found).toEqual(new ReferenceProvider(program).rows(request));
    const { values } = found as BlockRows;
    expect(values[0]![0]).toBe(256 * 512);
    expect(values[1]![0]).toBeGreaterThan(30);
  });

  test("are refused where codes or surprises are missing", () => {
    const program = withIndexes(SMALL, [indexOf([{ ids: Uint32Array.of(1), ...ONE }], () => 0)]);
    const block = program.blocks.length - 1;
    const request = { block, from: 0, to: 1, tokens: [0, 1], input: undefined, entering: new Map(), past: new Map() };
    expect(() => new IndexedProvider(program, new ReferenceProvider(SMALL)).rows(request)).toThrow(
      expect.objectContaining({ code: "row_malformed" }),
    );
  });
});

describe("the shipped base with indexes", () => {
  const TEXTS = [
    "Returns the number of bytes that were written to the stream.",
    "The second argument is an object with the options of the call.",
    "Throws an error when the file does not exist, or is not readable.",
    "A river carries salt and stones to the sea.",
  ];
  const ANSWER = "The second argument is not readable.";
  let texts: number[][];
  let answer: number[];
  let program: Program;
  beforeAll(async () => {
    const tokenizer = await Tokenizer.load(BASE);
    texts = TEXTS.map((text) => tokenizer.encode(text));
    answer = tokenizer.encode(ANSWER);
    const { projection } = parseAttributionBase(readFileSync(join(BASE, ATTRIBUTION_FILE)));
    program = compileModel(await loadModel(BASE), { tier: "w8a16", maxPositions: 64, codes: projection });
  });

  /** Codes of a text's tokens, read as they are served. */
  async function read(exact: ExactModel, ids: readonly number[]): Promise<PositionCodes> {
    const { endToken } = exact.program.shape;
    const wanted = ids.map((_, i) => i);
    const result = await exact.run({ tokens: [endToken, ...ids.slice(0, -1)], count: 1, wanted });
    return codesOfRun(exact.program, result, ids);
  }

  test("pays by rows of its trace, from the base's codes to credits", async () => {
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
    expect(Math.min(...own.surprises)).toBeLessThan(100);
    expect(Math.max(...own.surprises)).toBeGreaterThan(100);
    expect(reference.row(indexed.surprise!, answer.length)[0]).toBe(0);
    // Credits of all positions add up to what the answer's records are paid by.
    const sums = creditsOf(indexed).map((value) =>
      tokens.reduce((sum, _, t) => sum.map((credit, i) => credit + reference.row(value, t)[i]!), [0, 0, 0]),
    );
    const { credits } = creditRecords(indexes, own);
    expect(sums[0]).toEqual(sums[0]!.map((_, record) => credits[0]!.get(record) ?? 0));
    expect(sums[1]![0]).toBe(credits[1]!.get(0));
    expect(Math.min(credits[0]!.get(1)!, credits[1]!.get(0)!)).toBeGreaterThan(0);

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
