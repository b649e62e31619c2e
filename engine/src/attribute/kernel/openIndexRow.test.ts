import { loadKeccak, openedIndexRow } from "@openledger/sdk";
import { describe, expect, test } from "vitest";
import { commitProgram } from "../../exact/document/commitProgram.js";
import { readProgramDocument } from "../../exact/document/readProgramDocument.js";
import { ReferenceRows } from "../../exact/testing/ReferenceRows.js";
import { tinyProgram } from "../../exact/testing/tinyProgram.js";
import { partCount } from "../../exact/trace/layout.js";
import { openElement } from "../../exact/trace/openElement.js";
import { ReferenceProvider } from "../../exact/trace/ReferenceProvider.js";
import { Trace } from "../../exact/trace/Trace.js";
import { verifyLeafElement } from "../../exact/trace/verifyLeafElement.js";
import { joinCodes, type PositionCodes } from "../codes.js";
import type { Hex } from "../hex.js";
import { AttributionIndex } from "./AttributionIndex.js";
import { openIndexRow } from "./openIndexRow.js";

const keccak = await loadKeccak();
const BASE = tinyProgram({ attribution: "base", vocabulary: 6 });
const ZERO = `0x${"00".repeat(32)}` as const;
const TEXTS = [[1, 2, 3, 1], [4, 4, 0, 5, 2], [3]];

/** Tokens that the base reads for a text: its end-of-text, and all but the text's last. */
const readOf = (ids: readonly number[]) => [BASE.shape.endToken, ...ids];

function rowOf(ids: readonly number[]): PositionCodes {
  const rows = new ReferenceRows(BASE, readOf(ids));
  return joinCodes(
    ids.map((id, at) => ({
      ids: Uint32Array.of(id),
      surprises: rows.row(BASE.surprise!, at) as Uint8Array,
      codes: rows.row(BASE.codes!, at) as Uint8Array,
    })),
  );
}

function indexOf(rows: readonly PositionCodes[]): { readonly index: AttributionIndex; readonly postingsRoot: Hex } {
  const index = AttributionIndex.of({ rows, baseWeightsRoot: ZERO, attributionHash: ZERO }, []);
  return { index, postingsRoot: index.postingsRoot };
}

/** What the base's trace over a text says of a position, shown under the trace's root to who has the program's document alone. */
async function traced(ids: readonly number[], position: number) {
  const committed = commitProgram(keccak, BASE);
  const tokens = readOf(ids);
  const trace = await Trace.record({ keccak, program: committed, tokens, provider: new ReferenceProvider(BASE) });
  const court = readProgramDocument(committed.document);
  const leafOf = async (op: number) => {
    // the row's own leaf comes behind those of its stages
    const place = { op, position, part: partCount(BASE, op, position) - 1 };
    const evidence = await openElement({ keccak, program: committed, tokens, leaves: trace }, place, 0);
    expect(verifyLeafElement(court, { root: trace.root, tokens }, evidence).verdict).toBe("holds");
    return [...evidence.leaf.bytes];
  };
  return { code: await leafOf(BASE.codes!), surprise: await leafOf(BASE.surprise!) };
}

describe("a row of an index", () => {
  test("opens, and is what the base's trace over its tokens says at every position", async () => {
    const { index, postingsRoot } = indexOf(TEXTS.map(rowOf));
    for (const [record, ids] of TEXTS.entries()) {
      const row = openedIndexRow(index.root, openIndexRow(index, postingsRoot, record));

      expect([...row.tokens]).toEqual(ids);
      for (const position of ids.keys()) {
        const found = await traced(ids, position);
        expect([...row.codes.slice(16 * position, 16 * (position + 1))]).toEqual(found.code);
        expect([row.surprises[position]]).toEqual(found.surprise);
      }
    }
  });

  test("that flatters its record is another than the trace's, which both openings show", async () => {
    const rows = TEXTS.map(rowOf);
    const flattered = { ...rows[1]!, surprises: rows[1]!.surprises.map(() => 127), codes: rows[1]!.codes.slice() };
    flattered.codes[16 * 2] = flattered.codes[16 * 2]! ^ 1;
    const { index, postingsRoot } = indexOf([rows[0]!, flattered, rows[2]!]);

    const row = openedIndexRow(index.root, openIndexRow(index, postingsRoot, 1));

    const found = await traced(TEXTS[1]!, 2);
    expect([...row.codes.slice(32, 48)]).not.toEqual(found.code);
    expect(row.surprises[2]).not.toBe(found.surprise[0]);
  });

  test("is of the index that was asked, and of a record that it has", () => {
    const { index, postingsRoot } = indexOf(TEXTS.map(rowOf));

    expect(() => openIndexRow(index, ZERO, 0)).toThrow(
      `asked for a row of index ${index.root}, these postings make 0x`,
    );
    expect(() => openIndexRow(index, postingsRoot, 3)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});
