import {
  domainHash,
  leafHash,
  loadKeccak,
  MATCH_DOMAINS,
  MAX_MATCH_TEXT_BYTES,
  type MatchColumn,
  MerkleTree,
  matchIndexRoot,
} from "@openledger/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockTree } from "./BlockTree.js";
import { MatchIndex } from "./MatchIndex.js";
import { MAX_TEXT_BYTES } from "./suffixArray.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const HEADER = 180;

/** The root of a column by its definition. */
function columnTree(name: MatchColumn, bytes: Uint8Array): MerkleTree {
  const domain = domainHash(MATCH_DOMAINS[name]);
  const leaves = Array.from({ length: Math.ceil(bytes.length / 256) }, (_, i) =>
    leafHash(domain, bytes.subarray(256 * i, 256 * (i + 1))),
  );
  return new MerkleTree(domain, leaves);
}

function bigEndian(numbers: Iterable<number>): Uint8Array {
  const values = [...numbers];
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return Uint8Array.from(bytes);
}

const records = [
  "the cat sat on the mat",
  "",
  ...Array.from({ length: 40 }, (_, i) => `record ${i * i} of some length`),
];
const shard = MatchIndex.of(records.map(utf8), 7);

/** The file with other roots, which are those of what it holds. */
function recommitted(file: Uint8Array, n: number, ranks: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer);
  const roots = {
    textRoot: columnTree("text", file.subarray(HEADER, HEADER + n)).root,
    orderRoot: columnTree("order", file.subarray(HEADER + n, HEADER + 5 * n)).root,
    ranksRoot: columnTree("ranks", ranks).root,
    startsRoot: columnTree("starts", file.subarray(HEADER + 5 * n)).root,
  };
  const [textBytes, recordCount, firstRecord] = [view.getUint32(8), view.getUint32(12), view.getUint32(16)];
  const root = matchIndexRoot({ textBytes, recordCount, firstRecord, ...roots });
  const committed = Uint8Array.from(file);
  for (const [i, hash] of [...Object.values(roots), root].entries()) {
    committed.set(Buffer.from(hash.slice(2), "hex"), 20 + 32 * i);
  }
  return committed;
}

describe("MatchIndex", () => {
  it("is committed by the trees over its columns", async () => {
    const index = await shard;
    const { text, order, ranks, starts } = index.arrays();
    const n = text.length;

    expect(index.parts).toEqual({
      textBytes: n,
      recordCount: 42,
      firstRecord: 7,
      textRoot: columnTree("text", text).root,
      orderRoot: columnTree("order", bigEndian(order)).root,
      ranksRoot: columnTree("ranks", bigEndian(Array.from(order, (_, at) => order.indexOf(at)))).root,
      startsRoot: columnTree("starts", bigEndian(starts.subarray(0, 42))).root,
    });
    expect([...ranks]).toEqual(Array.from(order, (_, at) => order.indexOf(at)));
    expect(index.root).toBe(matchIndexRoot(index.parts));
  });

  it("reads what it wrote: five bytes for each of text and four for each record", async () => {
    const record = fc.uint8Array({ max: 3, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), fc.nat(99), async (list, firstRecord) => {
        const index = await MatchIndex.of(list, firstRecord);
        const n = list.reduce((sum, { length }) => sum + length + 1, 0);
        expect(index.bytes.length).toBe(HEADER + 5 * n + 4 * list.length);

        // A file read by Node is a view of a larger buffer.
        const read = await MatchIndex.parse(Buffer.from(index.bytes));
        expect(read.root).toBe(index.root);
        expect(read.arrays()).toEqual(index.arrays());
        expect(read.bytes).toEqual(index.bytes);
      }),
      { numRuns: 60 },
    );
  });

  it("has the limit of what is sorted", () => {
    expect(MAX_MATCH_TEXT_BYTES).toBe(MAX_TEXT_BYTES);
  });

  it("refuses records that have no places, and bytes of no UTF-8", async () => {
    for (const first of [-1, 0.5, 2 ** 32]) {
      await expect(MatchIndex.of([utf8("a")], first)).rejects.toMatchObject({ code: "invalid_request" });
    }
    await expect(MatchIndex.of([Uint8Array.of(0xff)])).rejects.toThrow(/byte 0 is 0xff/);
  });

  it.each<[string, (view: DataView) => void, RegExp]>([
    ["another magic", (view) => view.setUint32(0, 1), /expected an OLMX file/],
    ["another format", (view) => view.setUint16(4, 2), /expected format 1, found 2/],
    ["reserved bytes", (view) => view.setUint16(6, 3), /expected zero in reserved bytes, found 3/],
    [
      "text beyond the limit",
      (view) => view.setUint32(8, 2 ** 26 + 1),
      /at most 67108864 bytes of text, found 67108865/,
    ],
    ["more text than there is", (view) => view.setUint32(8, view.getUint32(8) + 1), /expected \d+ bytes, found/],
    ["more records than there are", (view) => view.setUint32(12, 43), /expected \d+ bytes, found/],
    [
      "places beyond 2^32",
      (view) => view.setUint32(16, 2 ** 32 - 1),
      /expected 42 places below 2\^32, found 4294967295/,
    ],
  ])("refuses a header with %s", async (_, change, message) => {
    const bytes = (await shard).bytes;
    change(new DataView(bytes.buffer));

    await expect(MatchIndex.parse(bytes)).rejects.toMatchObject({
      code: "index_malformed",
      message: expect.stringMatching(message),
    });
    await expect(MatchIndex.parse(bytes.subarray(0, HEADER - 1))).rejects.toThrow(/expected an OLMX file/);
  });

  it("names the root that the content does not give", async () => {
    const { bytes, parts } = await shard;
    const n = parts.textBytes;
    for (const [at, found] of [
      [HEADER, `${parts.textRoot} of text, ${Math.ceil(n / 256)} blocks of ${n} bytes,`],
      [HEADER + n + 3, `${parts.orderRoot} of order, ${Math.ceil((4 * n) / 256)} blocks of ${4 * n} bytes,`],
      [HEADER + 5 * n + 3, `${parts.startsRoot} of starts, 1 blocks of 168 bytes,`],
    ] as const) {
      const changed = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
      await expect(MatchIndex.parse(changed)).rejects.toMatchObject({
        code: "index_mismatch",
        message: expect.stringContaining(found),
      });
    }
    // ranks are not stored: only their root can be another
    const ranks = bytes.map((byte, i) => (i === 20 + 64 ? byte ^ 1 : byte));
    await expect(MatchIndex.parse(ranks)).rejects.toThrow(/of ranks/);
    const first = bytes.map((byte, i) => (i === 19 ? byte ^ 1 : byte));
    await expect(MatchIndex.parse(first)).rejects.toThrow(/of all columns/);
  });

  it("refuses columns that give their roots and are no index", async () => {
    const index = await shard;
    const { order, ranks, text } = index.arrays();
    const n = text.length;
    const changed = (at: number, value: number): Uint8Array => {
      const file = index.bytes;
      new DataView(file.buffer).setUint32(at, value);
      return recommitted(file, n, bigEndian(ranks));
    };

    for (const [file, message] of [
      [changed(HEADER + n + 4 * 9, n), `expected order[9] below ${n} and unlike those before, found ${n}`],
      [changed(HEADER + n + 4 * 9, order[0]!), `expected order[9] below ${n} and unlike those before`],
      [changed(HEADER + n + 4 * 9, order[8]!), `expected order[9] below ${n} and unlike those before`],
      [changed(HEADER + 5 * n + 4, 22), "expected record 1 of the index at byte 23, found 22"],
      [changed(HEADER + n - 4, 0xff616161), `expected records of ${n} bytes, found ${n - 3}`],
      [changed(HEADER + n - 4, 0x61616161), "expected an end of record 41 of the index"],
    ] as const) {
      const expected = { code: "index_malformed", message: expect.stringContaining(message) };
      await expect(MatchIndex.parse(file)).rejects.toMatchObject(expected);
    }
  });
});

describe("BlockTree", () => {
  it("is a Merkle tree, for every number of blocks and each stretch of them", async () => {
    const keccak = await loadKeccak();
    for (let blocks = 0; blocks <= 9; blocks++) {
      const bytes = Uint8Array.from({ length: Math.max(0, 256 * blocks - 5) }, (_, i) => i ^ (i >> 8));
      const column = { byteLength: bytes.length, read: (from: number, to: number) => bytes.subarray(from, to) };
      const tree = new BlockTree(keccak, "text", column);
      const expected = columnTree("text", bytes);
      expect(tree.root).toBe(expected.root);

      for (let first = 0; first < blocks; first++) {
        for (let count = 1; first + count <= blocks; count++) {
          const end = Math.min(bytes.length, 256 * (first + count));
          const { bytes: opened, siblings } = tree.open(256 * first + 7, end - 7);
          expect(siblings).toEqual(expected.rangeProof(first, count).siblings);
          expect(Buffer.compare(opened, bytes.subarray(256 * first, end))).toBe(0);
        }
      }
    }
  });
});
