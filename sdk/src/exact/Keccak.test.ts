import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { hexToBytes, keccak256 } from "viem";
import { describe, expect, it } from "vitest";
import { loadKeccak } from "./Keccak.js";

const [pairs, single] = [await loadKeccak(), await loadKeccak("single")];
const RATE = 136;

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 73 + length) & 255);
const slices = (digests: Uint8Array): Uint8Array[] =>
  Array.from({ length: digests.length / 32 }, (_, i) => digests.slice(32 * i, 32 * (i + 1)));

describe.each([
  ["two at a time", pairs],
  ["one at a time", single],
])("Keccak, %s", (_, keccak) => {
  it("hashes as viem at every length around the rate", () => {
    for (let length = 0; length <= 3 * RATE + 2; length++) {
      expect(keccak.hash(pattern(length))).toEqual(keccak256(pattern(length), "bytes"));
    }
  });

  it("hashes as viem beyond its buffers of 8 and 16 KiB", () => {
    for (const length of [8191, 8192, 8193, 16_383, 16_384, 16_385, 100_000]) {
      expect(keccak.hash(pattern(length))).toEqual(keccak256(pattern(length), "bytes"));
    }
  });

  it("hashes parts as what they make together", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 2 * RATE }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, (list) => {
        const joined = Uint8Array.from(list.flatMap((part) => [...part]));
        expect(keccak.hash(...list)).toEqual(keccak256(joined, "bytes"));
      }),
    );
  });

  it("hashes rows of any bounds, tagged and not", () => {
    const rows = fc.array(fc.uint8Array({ maxLength: 3 * RATE }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: RATE + 1 }), (list, tagBytes) => {
        const bounds = Uint32Array.from([
          0,
          ...list.map((_, i) => list.slice(0, i + 1).flatMap((row) => [...row]).length),
        ]);
        const bytes = Uint8Array.from(list.flatMap((row) => [...row]));
        const tags = pattern(tagBytes * list.length);
        const tagged = list.map((row, i) => [...tags.slice(i * tagBytes, (i + 1) * tagBytes), ...row]);

        expect(slices(keccak.rows(bytes, bounds))).toEqual(list.map((row) => keccak256(row, "bytes")));
        expect(slices(keccak.taggedRows(tags, bytes, bounds))).toEqual(
          tagged.map((row) => keccak256(Uint8Array.from(row), "bytes")),
        );
      }),
    );
  });

  it("hashes equally long rows without offsets", () => {
    const bytes = pattern(6 * 512);
    const offsets = Uint32Array.from({ length: 7 }, (_, i) => 512 * i);
    expect(keccak.rows(bytes, 512)).toEqual(keccak.rows(bytes, offsets));
    expect(keccak.rows(new Uint8Array(0), 512)).toEqual(new Uint8Array(0));
  });

  it("refuses bounds that do not fit", () => {
    expect(() => keccak.rows(pattern(1000), 512)).toThrow(/rows of 512/);
    expect(() => keccak.rows(pattern(10), 0)).toThrow(/rows of 0/);
    expect(() => keccak.rows(pattern(10), Uint32Array.of(0, 9))).toThrow(/ascending from 0 to 10/);
    expect(() => keccak.rows(pattern(10), Uint32Array.of(1, 10))).toThrow(/ascending/);
    expect(() => keccak.rows(pattern(10), Uint32Array.of(0, 7, 5, 10))).toThrow(/ascending/);
    expect(() => keccak.taggedRows(pattern(3), pattern(10), 5)).toThrow(/multiple of 2 rows/);
  });

  it("hashes what waits for a partner when it is flushed, each message in its place", () => {
    const lengths = fc.array(fc.oneof(fc.nat(3 * RATE), fc.nat(9000)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(lengths, fc.nat(60), (list, tagBytes) => {
        const tag = pattern(tagBytes);
        const digests = new Uint8Array(32 * list.length);
        for (const [i, length] of list.entries()) {
          const row = pattern(length);
          keccak.add(tag, row, digests, 32 * i);
          row.fill(0);
          if (i % 4 === 3) expect(keccak.hash(pattern(7))).toEqual(keccak256(pattern(7), "bytes"));
        }
        keccak.flush();
        keccak.flush();

        expect(slices(digests)).toEqual(
          list.map((length) => keccak256(Uint8Array.of(...tag, ...pattern(length)), "bytes")),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("works in a worker thread", async () => {
    const source = `
      import { parentPort } from "node:worker_threads";
      import { loadKeccak } from ${JSON.stringify(new URL("./Keccak.js", import.meta.url).href)};
      parentPort.postMessage((await loadKeccak()).hash(new Uint8Array(512)));
    `;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    const digest = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    expect(digest).toEqual(keccak256(new Uint8Array(512), "bytes"));
  });

  it("hashes the empty message as Ethereum does", () => {
    const empty = hexToBytes("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    expect(keccak.hash()).toEqual(empty);
  });
});
