import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { AttributionIndex } from "../kernel/AttributionIndex.js";
import { creditRecords } from "../kernel/creditRecords.js";
import { ARBITRARY_ROWS, arbitraryCodes } from "../testCodes.js";
import { IndexFolder } from "./IndexFolder.js";
import type { SegmentIndex } from "./SegmentIndex.js";

const BASE = { baseWeightsRoot: `0x${"11".repeat(32)}`, attributionHash: `0x${"22".repeat(32)}` } as const;
const home = await mkdtemp(join(tmpdir(), "openledger-index-"));
afterAll(() => rm(home, { recursive: true, force: true }));

let folders = 0;
const newFolder = () => join(home, `${folders++}`);

/** A record of these tokens. */
function rowOf(ids: readonly number[], code = 7): PositionCodes {
  return {
    ids: Uint32Array.from(ids),
    surprises: new Uint8Array(ids.length).fill(100),
    codes: new Uint8Array(ids.length * CODE_BYTES).fill(code),
  };
}

async function built(rows: readonly PositionCodes[], decoys: readonly PositionCodes[] = []): Promise<string> {
  const path = newFolder();
  const folder = await IndexFolder.open(path, BASE);
  for (const row of rows) await folder.append([row]);
  await folder.seal(decoys);
  await folder.close();
  return path;
}

async function indexIn(path: string): Promise<SegmentIndex> {
  const folder = await IndexFolder.open(path, BASE);
  try {
    return await folder.index();
  } finally {
    await folder.close();
  }
}

/** More than are sealed at once. */
const MANY = Array.from({ length: 200 }, (_, i) => rowOf([i, 1], i));

async function segmentFiles(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => name.endsWith(".segment"));
}

describe("an index in segments", () => {
  test("is the index of the same records, in however many parts they came", async () => {
    const parts = fc.array(ARBITRARY_ROWS, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(parts, ARBITRARY_ROWS, arbitraryCodes(10), async (parts, decoys, answer) => {
        const rows = parts.flat();
        const whole = AttributionIndex.of({ rows, ...BASE }, decoys);
        const folder = await IndexFolder.open(newFolder(), BASE);
        for (const part of parts) await folder.append(part);
        await folder.seal(decoys);
        const index = await folder.index();

        expect(index.root).toBe(whole.root);
        expect(index.floors).toEqual(whole.floors);
        expect(index.recordCount).toBe(rows.length);
        expect(rows.map((_, record) => index.row(record))).toEqual(rows);
        expect([0, 1, 2, 3, 4, 5, 6].map((y) => index.threshold(y))).toEqual(
          [0, 1, 2, 3, 4, 5, 6].map((y) => whole.threshold(y)),
        );
        expect(creditRecords([index], answer)).toEqual(creditRecords([whole], answer));
        index.close();
      }),
      { numRuns: 60 },
    );
  });

  test("finds what is near, however far apart it stands in a list", async () => {
    // a list of 6,000 postings, of which some lie alone and some side by side
    const nearby = new Set([5, 1500, 1501, 1503, 3999, 5998]);
    const rows = Array.from({ length: 6000 }, (_, record) => ({
      ...rowOf([1]),
      surprises: Uint8Array.of(record % 128),
      codes: new Uint8Array(CODE_BYTES).fill(nearby.has(record) ? 0xff : 0),
    }));
    const folder = await IndexFolder.open(newFolder(), BASE);
    await folder.append(rows);
    await folder.seal([]);
    const index = await folder.index();
    const words = new Uint32Array(4).fill(0xffff_ffff);
    const found: [number, number, number][] = [];
    index.near(1, words, 0, (record, distance, surprise) => found.push([record, distance, surprise]));

    expect(found).toEqual([...nearby].map((record) => [record, 0, record % 128]));
    index.close();
  });

  test("joins short segments, and keeps none above 2^16 records", async () => {
    const folder = await IndexFolder.open(newFolder(), BASE);
    for (let i = 0; i < 11; i++) await folder.append([rowOf([i])]);
    // 11 is 8 + 2 + 1
    expect(await segmentFiles(folder.path)).toHaveLength(3);

    await folder.append(Array.from({ length: 2 ** 16 + 3 }, (_, i) => rowOf([i % 5])));
    expect(folder.recordCount).toBe(2 ** 16 + 14);
    expect(await segmentFiles(folder.path)).toHaveLength(5);
  });

  test("is the same where a thread joins long segments", async () => {
    // views of more than is theirs, as a pass over many records leaves them
    const all = { ids: new Uint32Array(12_000), surprises: new Uint8Array(12_000), codes: new Uint8Array(192_000) };
    for (let at = 0; at < 12_000; at++) {
      all.ids[at] = Math.imul(at, 0x9e3779b1) >>> 26;
      all.surprises[at] = at % 128;
      all.codes.fill(at, CODE_BYTES * at, CODE_BYTES * (at + 1));
    }
    const rows = Array.from({ length: 6000 }, (_, record) => ({
      ids: all.ids.subarray(2 * record, 2 * record + 2),
      surprises: all.surprises.subarray(2 * record, 2 * record + 2),
      codes: all.codes.subarray(2 * CODE_BYTES * record, 2 * CODE_BYTES * (record + 1)),
    }));
    const folder = await IndexFolder.open(newFolder(), BASE);
    for (const from of [0, 2000, 4000]) await folder.append(rows.slice(from, from + 2000));
    await folder.append(rows.slice(0, 4000));
    await folder.seal([]);
    const index = await folder.index();

    expect(await segmentFiles(folder.path)).toHaveLength(1);
    expect(index.root).toBe(AttributionIndex.of({ rows: [...rows, ...rows.slice(0, 4000)], ...BASE }, []).root);
    expect(index.row(7777)).toEqual(rows[1777]);
    index.close();
    await folder.close();
  });

  test("goes on from what was written when its process was killed, to the same root", async () => {
    const rows = Array.from({ length: 9 }, (_, i) => rowOf([i, 1, 2], i));
    const whole = AttributionIndex.of({ rows, ...BASE }, []);
    const path = newFolder();
    const first = await IndexFolder.open(path, BASE);
    await first.append(rows.slice(0, 5));
    await first.close();
    // killed while the next one was written, and before it was listed
    await writeFile(join(path, "0b7e-11.partial"), "half of it");
    await writeFile(join(path, `${"ab".repeat(32)}.segment`), "never listed");

    const again = await IndexFolder.open(path, BASE);
    expect(again.recordCount).toBe(5);
    expect(await segmentFiles(path)).toHaveLength(1);
    expect(await readdir(path)).not.toContain("0b7e-11.partial");
    expect(again.isSealed).toBe(false);
    await expect(again.index()).rejects.toThrow(/not sealed/);
    await again.append(rows.slice(5));
    await again.seal([]);

    const index = await again.index();
    expect(index.root).toBe(whole.root);
    index.close();
  });

  test("is the same when it is opened again, and grows after it was sealed", async () => {
    const rows = Array.from({ length: 6 }, (_, i) => rowOf([i, 3], i));
    const path = await built(rows.slice(0, 4));
    const folder = await IndexFolder.open(path, BASE);
    const before = await folder.index();
    expect(before.root).toBe(AttributionIndex.of({ rows: rows.slice(0, 4), ...BASE }, []).root);

    await folder.append(rows.slice(4));
    expect(folder.isSealed).toBe(false);
    // what is open goes on answering of the records that it had
    expect(before.row(3)).toEqual(rows[3]);
    before.close();
    await folder.seal([]);
    const after = await folder.index();
    expect(after.root).toBe(AttributionIndex.of({ rows, ...BASE }, []).root);
    after.close();
  });

  test("keeps the segments whose records are still wanted, and adds the rest", async () => {
    const rows = [[1], [2], [3], [4], [5], [6], [7]].map((ids) => rowOf(ids));
    const folder = await IndexFolder.open(await built(rows), BASE);
    const tokens = rows.map(({ ids }) => [...ids]);
    const of = (records: readonly number[][]) => records.map((ids) => ({ ids }));

    expect(await folder.keep(of(tokens))).toBe(7);
    expect(folder.isSealed).toBe(true);
    // 7 is 4 + 2 + 1: the sixth record is another
    expect(await folder.keep(of([...tokens.slice(0, 5), [9], [7]]))).toBe(4);
    expect(folder.isSealed).toBe(false);
    expect(await folder.keep(of(tokens.slice(0, 3)))).toBe(0);
    expect(await segmentFiles(folder.path)).toHaveLength(0);
  });

  test("names the file that was changed, whichever byte of it", async () => {
    const path = await built([rowOf([1, 2, 1]), rowOf([2])], [rowOf([1])]);
    for (const name of await readdir(path)) {
      const file = join(path, name);
      const bytes = await readFile(file);
      for (let at = 0; at < bytes.length; at += name.endsWith(".json") ? 7 : 1) {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= 0x41;
        await writeFile(file, changed);
        const opening = indexIn(path).then((index) => index.close());
        await expect(opening, `${name} byte ${at}`).rejects.toMatchObject({ name: "AttributionError" });
        if (!name.endsWith(".json")) await expect(opening).rejects.toThrow(name);
      }
      await writeFile(file, bytes);
      if (name.endsWith(".segment")) {
        await truncate(file, bytes.length - 1);
        await expect(IndexFolder.open(path, BASE)).rejects.toThrow(name);
        await rm(file);
        await expect(IndexFolder.open(path, BASE)).rejects.toThrow(name);
        await writeFile(file, bytes);
      }
    }
    (await indexIn(path)).close();
  });

  test("refuses another base, long records and large tokens, and adds nothing then", async () => {
    const path = await built([rowOf([1])]);
    await expect(IndexFolder.open(path, { ...BASE, attributionHash: `0x${"33".repeat(32)}` })).rejects.toMatchObject({
      code: "index_mismatch",
    });
    const folder = await IndexFolder.open(path, BASE);
    const files = await readdir(path);
    await expect(folder.append([rowOf([1]), rowOf(new Array(257).fill(1))])).rejects.toThrow(/record 2 has 257 tokens/);
    await expect(folder.append([rowOf([2 ** 24])])).rejects.toThrow(/record 1 has token 16777216/);
    expect(folder.recordCount).toBe(1);
    expect(folder.isSealed).toBe(true);
    expect(await readdir(path)).toEqual(files);
  });

  test("finds a record's positions in long lists that lie unevenly", async () => {
    const rows = Array.from({ length: 2000 }, (_, i) =>
      rowOf(i < 30 || i === 1999 ? new Array(200).fill(1) : [1, i % 5], i),
    );
    const folder = await IndexFolder.open(newFolder(), BASE);
    await folder.append(rows);
    await folder.seal([]);
    const index = await folder.index();
    for (const record of [0, 1, 29, 30, 31, 777, 1500, 1998, 1999]) expect(index.row(record)).toEqual(rows[record]);
    index.close();
  });

  test("takes what is asked of it at once one after another", async () => {
    const rows = Array.from({ length: 12 }, (_, i) => rowOf([i, 3], i));
    const folder = await IndexFolder.open(newFolder(), BASE);
    const [failed, ...others] = await Promise.allSettled([
      folder.append([rowOf(new Array(257).fill(1))]),
      ...rows.map((row) => folder.append([row])),
      folder.seal([]),
    ]);
    expect([failed!.status, ...new Set(others.map(({ status }) => status))]).toEqual(["rejected", "fulfilled"]);
    const index = await folder.index();
    expect(index.root).toBe(AttributionIndex.of({ rows, ...BASE }, []).root);
    index.close();
    index.close();
  });

  test("seals again what was sealed by other rules", async () => {
    const path = await built([rowOf([1])]);
    const manifest = join(path, "index.json");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace(/"rules": \d+/, '"rules": 1'));
    const folder = await IndexFolder.open(path, BASE);

    expect([folder.isSealed, folder.recordCount]).toEqual([false, 1]);
  });

  test("tells of a root that its parts do not give", async () => {
    const path = await built([rowOf([1])]);
    const manifest = join(path, "index.json");
    const text = await readFile(manifest, "utf8");
    await writeFile(manifest, text.replace(/"root": "0x[0-9a-f]{8}/, '"root": "0xdeadbeef'));
    await expect(indexIn(path)).rejects.toThrow(/index.json.*0xdeadbeef/);
  });

  test("is sealed beside the thread, which goes on meanwhile", async () => {
    const folder = await IndexFolder.open(newFolder(), BASE);
    await folder.append(MANY);
    let turns = 0;
    let isSealed = false;
    const sealing = folder.seal([rowOf([1])]).finally(() => {
      isSealed = true;
    });
    while (!isSealed) {
      await setImmediate();
      turns++;
    }
    await sealing;

    // a thread takes many turns of this one's loop to start alone; what is done in this one takes one or two
    expect(turns).toBeGreaterThan(10);
    expect(folder.isSealed).toBe(true);
    await folder.close();
  });

  test("is not sealed when that is ended, by whoever asked or by closing it, and can be sealed later", async () => {
    const path = newFolder();
    const folder = await IndexFolder.open(path, BASE);
    await folder.append(MANY);
    const reason = new Error("the node stops");
    await expect(folder.seal([], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stopping = new AbortController();
    const stopped = folder.seal([], { signal: stopping.signal });
    await setImmediate();
    stopping.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    expect(folder.isSealed).toBe(false);

    const closed = folder.seal([]);
    await setImmediate();
    await Promise.all([folder.close(), expect(closed).rejects.toThrow(/was closed/)]);
    await expect(folder.append([rowOf([3])])).rejects.toThrow(/was closed/);

    const again = await IndexFolder.open(path, BASE);
    await again.seal([]);
    expect(again.recordCount).toBe(MANY.length);
    await again.close();
  });

  test("tells which file the thread found to be another", async () => {
    const path = newFolder();
    const folder = await IndexFolder.open(path, BASE);
    await folder.append(MANY);
    const [name] = await segmentFiles(path);
    await truncate(join(path, name!), 10);

    await expect(folder.seal([])).rejects.toMatchObject({
      code: "index_malformed",
      message: expect.stringContaining(name!),
    });
    await folder.close();
  });

  test("tells of a record that it has not", async () => {
    const index = await indexIn(await built([rowOf([1])]));
    expect(() => index.row(1)).toThrow(/1 records, asked for 1/);
    expect(() => index.ids(-1)).toThrow(/asked for -1/);
    index.close();
  });
});
