import { pad } from "viem";
import { expect, test } from "vitest";
import { domainHash } from "../merkle/domain.js";
import { MerkleTree } from "../merkle/MerkleTree.js";
import { leafHash } from "../merkle/node.js";
import { openedIndexRow } from "./indexRecord.js";
import { attributionIndexRoot } from "./indexRoot.js";

const DOMAIN = domainHash("IndexRecord");

function payloadOf(record: number, tokens: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 + 21 * tokens.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, record);
  view.setUint32(4, tokens.length);
  tokens.forEach((token, position) => {
    view.setUint32(8 + 21 * position, token);
    bytes.fill(token + 1, 12 + 21 * position, 29 + 21 * position);
  });
  return bytes;
}

/** An index of such rows, and the opening of any of them. */
function indexOf(payloads: readonly Uint8Array[]) {
  const leaves = payloads.map((payload) => leafHash(DOMAIN, payload));
  const tree = new MerkleTree(DOMAIN, leaves);
  const parts = {
    floors: new Array<number>(9).fill(7),
    baseWeightsRoot: pad("0x1"),
    attributionHash: pad("0x2"),
    recordsRoot: tree.root,
    postingsRoot: pad("0x3"),
  };
  const open = (record: number) => ({
    parts,
    count: payloads.length,
    record,
    payload: payloads[record]!,
    siblings: tree.proof(record).siblings,
  });
  return { root: attributionIndexRoot(parts), open };
}

const { root, open } = indexOf([payloadOf(0, [5, 6]), payloadOf(1, []), payloadOf(2, [9])]);

test("a row opens under the index's root", () => {
  const row = openedIndexRow(root, open(0));

  expect([...row.tokens]).toEqual([5, 6]);
  expect([...row.surprises]).toEqual([6, 7]);
  expect([...row.codes]).toEqual([...new Array(16).fill(6), ...new Array(16).fill(7)]);
  expect(openedIndexRow(root, open(1)).tokens).toHaveLength(0);
});

test.each([
  ["another index", { parts: { ...open(0).parts, postingsRoot: pad("0x4") } }, "parts"],
  ["another row", { payload: payloadOf(0, [5, 7]) }, "payload"],
  ["another record's row", { payload: open(2).payload }, "payload"],
  ["another place", { record: 2 }, "payload"],
  ["another count", { count: 4 }, "payload"],
  ["a record that is none", { record: 3 }, "payload"],
])("what is of %s opens nothing", (_, changed, named) => {
  expect(() => openedIndexRow(root, { ...open(0), ...changed })).toThrow(
    expect.objectContaining({ name: "InvalidValueError" }),
  );
  expect(() => openedIndexRow(root, { ...open(0), ...changed })).toThrow(named);
});

test.each([
  ["bytes that are no row", Uint8Array.of(1, 2, 3)],
  ["a row that is cut short", payloadOf(0, [5, 6]).subarray(0, 40)],
  ["a row that names another record", payloadOf(1, [5, 6])],
  ["more positions than a row has", payloadOf(0, new Array<number>(257).fill(5))],
])("%s, which an author committed to, are refused", (_, payload) => {
  const index = indexOf([payload]);

  expect(() => openedIndexRow(index.root, index.open(0))).toThrow("a row of record 0");
});

test("a surprise beyond 127 is refused", () => {
  const index = indexOf([payloadOf(0, [126]), payloadOf(1, [127])]);

  expect(openedIndexRow(index.root, index.open(0)).surprises[0]).toBe(127);
  expect(() => openedIndexRow(index.root, index.open(1))).toThrow("surprise 0: expected at most 127");
});
