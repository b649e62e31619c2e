import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  decodeIndexFile,
  domainHash,
  type IndexFile,
  leafHash,
  loadKeccak,
  MerkleTree,
  verifyMerkleProof,
} from "@openledger/sdk";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Random } from "../../train/random.js";
import { attributeCodes } from "../attributeCodes.js";
import { CODE_BYTES, NO_CODES, type PositionCodes } from "../codes.js";
import { type Hex, hexOf } from "../hex.js";
import { AttributionIndex } from "../kernel/AttributionIndex.js";
import { indexRoot, recordPayload } from "../kernel/indexRoot.js";
import { fetchIndex, indexFileBytes } from "./fetchIndex.js";
import { readManifest } from "./folderManifest.js";
import { IndexFolder } from "./IndexFolder.js";
import { doIndexWork } from "./indexWork.js";
import { leafTag } from "./LeafRoot.js";
import { openTombstones, readThresholds } from "./openSealed.js";
import { openSegments, tombstonesFile } from "./openSegments.js";
import { postingsLeaves } from "./postingsLeaves.js";
import { publishIndex } from "./publishIndex.js";
import { segmentBytes } from "./segmentBytes.js";
import { type BlockTombstone, NO_LIST, type RecordTombstone, tombstoneBytes } from "./Tombstones.js";
import { tombstoneIndex } from "./tombstoneIndex.js";

const BASE = { baseWeightsRoot: `0x${"11".repeat(32)}`, attributionHash: `0x${"22".repeat(32)}` } as const;
const home = await mkdtemp(join(tmpdir(), "openledger-erase-"));
afterAll(() => rm(home, { recursive: true, force: true }));
const keccak = await loadKeccak();

let folders = 0;
const newFolder = () => join(home, `${folders++}`);

/** A content store in memory. */
class Store {
  readonly files = new Map<Hex, Uint8Array>();

  async put(bytes: Uint8Array): Promise<{ readonly hash: Hex }> {
    const hash: Hex = `0x${createHash("sha256").update(bytes).digest("hex")}`;
    this.files.set(hash, bytes.slice());
    return { hash };
  }

  async get(hash: Hex): Promise<Uint8Array> {
    return this.files.get(hash)!;
  }
}

const random = new Random(11);
const rowOf = (ids: readonly number[]): PositionCodes => ({
  ids: Uint32Array.from(ids),
  surprises: Uint8Array.from(ids, () => random.below(128)),
  codes: Uint8Array.from({ length: ids.length * CODE_BYTES }, () => random.below(256)),
});
const DECOYS = Array.from({ length: 10 }, () => rowOf(Array.from({ length: 20 }, (_, i) => i % 5)));

/** A sealed folder of these records, appended part by part. */
async function built(...parts: readonly (readonly PositionCodes[])[]): Promise<string> {
  const folder = await IndexFolder.open(newFolder(), BASE);
  for (const part of parts) await folder.append(part);
  await folder.seal(DECOYS);
  await folder.close();
  return folder.path;
}

/** Erases, and closes the index; the folder that was made. */
async function without(path: string, records: Iterable<number>): Promise<string> {
  const target = newFolder();
  (await tombstoneIndex(path, records, target)).close();
  return target;
}

async function contents(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(join(path, name))).toString("hex")])),
  );
}

/** The root of what lies in a folder, recomputed. */
async function rootIn(path: string): Promise<Hex> {
  const { segments, tombstones, seal } = (await readManifest(path))!;
  const thresholds = await readThresholds(path, seal!.thresholds);
  const roots = await doIndexWork({ path, segments, terms: { thresholds, tombstones } });
  return indexRoot({ ...BASE, ...roots, floors: Uint32Array.from(seal!.floors) });
}

/** What stands for the erased in a folder. */
async function tombstonesIn(path: string): Promise<{ records: RecordTombstone[]; blocks: BlockTombstone[] }> {
  const tombstones = openTombstones(path, (await readManifest(path))!.tombstones)!;
  const read = { records: [...tombstones.records()], blocks: [...tombstones.blocks()] };
  tombstones.close();
  return read;
}

/** As a list of (token, record, position) splits into leaves; which tombstones are to be left of it. */
function expectedBlocks(rows: readonly PositionCodes[], erased: ReadonlySet<number>): Omit<BlockTombstone, "hash">[] {
  const lists = new Map<number, number[]>();
  for (const [record, { ids }] of rows.entries()) {
    for (const id of ids) lists.set(id, [...(lists.get(id) ?? []), record]);
  }
  const expected: Omit<BlockTombstone, "hash">[] = [];
  let leaf = 0;
  for (const [, records] of [...lists].sort(([a], [b]) => a - b)) {
    const isGone = records.every((record) => erased.has(record));
    for (let from = 0; from < records.length; from += 64, leaf++) {
      const block = records.slice(from, from + 64);
      const left = block.filter((record) => !erased.has(record)).length;
      if (left < block.length) expected.push({ leaf, block: isGone ? NO_LIST : from / 64, left });
    }
  }
  return expected;
}

const corpus = fc
  .array(fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6 })), { maxLength: 30 }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((records) => records.map(rowOf));

/** Places of records to erase: any, all of a token, a run, all but one, all. */
function someOf(rows: readonly PositionCodes[]): fc.Arbitrary<number[]> {
  const places = [...rows.keys()];
  const of = (chosen: number[]) => (chosen.length === 0 ? [0] : chosen);
  return fc.oneof(
    fc.subarray(places, { minLength: 1 }),
    fc.subarray(places, { minLength: 1, maxLength: Math.min(3, places.length) }),
    fc.integer({ min: 0, max: 6 }).map((token) => of(places.filter((i) => rows[i]!.ids.includes(token)))),
    fc.tuple(fc.nat(places.length), fc.nat(places.length)).map(([a, b]) => of(places.slice(Math.min(a, b), b))),
    fc.nat(places.length - 1).map((kept) => of(places.filter((i) => i !== kept))),
    fc.constant(places),
  );
}

const erasure = corpus.chain((rows) =>
  fc.record({ rows: fc.constant(rows), cut: fc.nat(rows.length), first: someOf(rows), second: someOf(rows) }),
);

describe("records that are erased", () => {
  test("leave the root as it was, whichever they are and however often", async () => {
    await fc.assert(
      fc.asyncProperty(erasure, async ({ rows, cut, first, second }) => {
        const whole = AttributionIndex.of({ rows, ...BASE }, DECOYS);
        const path = await built(rows.slice(0, cut), rows.slice(cut));
        const erased = new Set([...first, ...second]);

        const once = await without(path, first);
        const target = newFolder();
        const index = await tombstoneIndex(once, second, target);

        expect([index.root, await rootIn(once), await rootIn(target)]).toEqual(Array(3).fill(whole.root));
        expect([index.recordCount, index.erasedRecords]).toEqual([rows.length, erased.size]);
        expect(rows.map((_, record) => index.row(record))).toEqual(
          rows.map((row, record) => (erased.has(record) ? NO_CODES : row)),
        );
        const left = new Set(rows.flatMap(({ ids }, record) => (erased.has(record) ? [] : [...ids])));
        expect([0, 1, 2, 3, 4, 5, 6].map((token) => index.threshold(token))).toEqual(
          [0, 1, 2, 3, 4, 5, 6].map((token) => (left.has(token) ? whole.threshold(token) : 0)),
        );
        const { records, blocks } = await tombstonesIn(target);
        expect(records).toEqual(
          [...erased]
            .sort((a, b) => a - b)
            .map((record) => ({
              record,
              hash: new Uint8Array(
                Buffer.from(leafHash(domainHash("IndexRecord"), recordPayload(record, rows[record]!)).slice(2), "hex"),
              ),
            })),
        );
        expect(blocks.map(({ leaf, block, left }) => ({ leaf, block, left }))).toEqual(expectedBlocks(rows, erased));
        // erased one after another or at once: the same files
        expect(await contents(target)).toEqual(await contents(await without(path, erased)));
        index.close();
      }),
      { numRuns: 60 },
    );
  });

  test("leave nothing of their text in any file, and all of the others'", async () => {
    const rows = texts(150);
    const path = await built(rows.slice(0, 128), rows.slice(128));
    const erased = new Set([0, 5, 64, 65, 66, 127, 128, 149]);
    const files = async (folder: string) =>
      Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
    const [before, after] = [await files(path), await files(await without(path, erased))];

    for (const [record, { ids, codes }] of rows.entries()) {
      const token = ids.at(-1)!;
      const triple = Buffer.of(token, token >> 8, token >> 16);
      const text = [triple, ...eachCode(codes)];
      const isThere = (bytes: Buffer) => text.some((part) => bytes.includes(part));
      expect(text.every((part) => before.includes(part))).toBe(true);
      if (!erased.has(record)) expect(text.every((part) => after.includes(part))).toBe(true);
      else expect(isThere(after) || after.includes(triple.reverse()), `record ${record}`).toBe(false);
    }
  });

  test("are opened no more; every other leaf is, under the same roots", async () => {
    const { path, target } = await middle();
    const { recordsRoot, postingsRoot } = (await readManifest(path))!.seal!;
    const { segments, tombstones: entry, seal } = (await readManifest(target))!;
    const lists = openSegments(target, segments);
    const tombstones = openTombstones(target, entry)!;
    const hashes = new Map([...tombstones.records()].map(({ record, hash }) => [record, hexOf(hash)]));
    const recordLeaves = Array.from({ length: lists.recordCount }, (_, record) => {
      const payload = recordPayload(record, lists.row(record));
      return hashes.get(record) ?? leafHash(domainHash("IndexRecord"), payload);
    });
    const thresholds = await readThresholds(target, seal!.thresholds);
    const opened: number[] = [];
    const postingLeaves: Hex[] = [];
    for (const { content } of postingsLeaves(lists, thresholds, tombstones)) {
      if ("payload" in content) opened.push(postingLeaves.length);
      postingLeaves.push(
        "hash" in content ? hexOf(content.hash) : leafHash(domainHash("IndexPostings"), content.payload),
      );
    }
    const isUnder = (domain: Hex, root: Hex, leaves: readonly Hex[], place: number) =>
      verifyMerkleProof(domain, root, leaves[place]!, new MerkleTree(domain, leaves).proof(place));

    for (const record of [0, 3, 8, 12]) {
      expect(isUnder(domainHash("IndexRecord"), recordsRoot, recordLeaves, record)).toBe(true);
    }
    expect(opened).toEqual([0, 5, 6, 7, 8, 13, 15, 16, 17]);
    for (const leaf of opened) {
      expect(isUnder(domainHash("IndexPostings"), postingsRoot, postingLeaves, leaf)).toBe(true);
    }
    lists.close();
    tombstones.close();
  });

  test("are refused to be attributed to", async () => {
    const { target } = await middle();
    const index = await tombstoneIndex(target, [0], newFolder());
    const contributors = Array.from({ length: 14 }, () => `0x${"c0".repeat(20)}` as const);
    const versions = [{ datanet: 4n, version: 2, index, contributors }];
    expect(() => attributeCodes(versions, rowOf([1]))).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        message: expect.stringContaining("Datanet 4 version 2: 7 of the index's records were erased"),
      }),
    );
    index.close();
  });

  test("keep their folder from being built on", async () => {
    const { target } = await middle();
    const files = await contents(target);
    const refusal = { code: "index_mismatch", message: expect.stringContaining("6 records were erased") };
    await expect(IndexFolder.open(target, BASE)).rejects.toMatchObject(refusal);
    // nor sealed again by other rules, which would be of what is left
    const manifest = join(target, "index.json");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace(/"rules": \d+/, '"rules": 1'));
    await expect(IndexFolder.open(target, BASE)).rejects.toMatchObject(refusal);
    expect(Object.keys(await contents(target))).toEqual(Object.keys(files));
  });
});

describe("erasing", () => {
  test.each([
    ["of no record", [], /asked to erase no records/],
    ["of a record that there is not", [3, 14], /has 14 records, asked to erase 14/],
    ["of one before the first", [-1], /asked to erase -1/],
    ["of half a record", [0.5], /asked to erase 0.5/],
  ])("is refused %s", async (_, records, why) => {
    const target = newFolder();
    const refused = tombstoneIndex((await middle()).path, records, target);
    await expect(refused).rejects.toMatchObject({ code: "invalid_request", message: expect.stringMatching(why) });
    await expect(readdir(target)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is refused of an index that is not sealed", async () => {
    const folder = await IndexFolder.open(newFolder(), BASE);
    await folder.append([rowOf([1])]);
    await folder.close();
    for (const path of [folder.path, newFolder()]) {
      await expect(tombstoneIndex(path, [0], newFolder())).rejects.toThrow(`${path} holds no sealed index`);
    }
  });

  test("is refused into a folder in which something is, which stays", async () => {
    const { path } = await middle();
    const other = newFolder();
    await mkdir(other);
    await writeFile(join(other, "letter.txt"), "mine");
    for (const target of [path, await built([rowOf([1])]), other]) {
      const files = await contents(target);
      await expect(tombstoneIndex(path, [1], target)).rejects.toMatchObject({
        code: "invalid_request",
        message: expect.stringMatching(/holds (index\.json|letter\.txt); erase into a folder that is empty/),
      });
      expect(await contents(target)).toEqual(files);
    }
  });

  test("is refused of files that are not what was sealed, and leaves nothing", async () => {
    const { target: path } = await middle();
    for (const name of (await readdir(path)).filter((name) => name !== "index.json")) {
      const file = join(path, name);
      const bytes = await readFile(file);
      // a byte of a code, of a threshold, and of how many postings a block has left
      const at = { segment: 40, thresholds: 0, tombstones: 16 + 6 * 36 + 8 }[name.split(".")[1]!]!;
      await writeFile(file, bytes.with(at, bytes[at]! ^ 1));
      const target = newFolder();
      const refused = tombstoneIndex(path, [1], target);
      await expect(refused, name).rejects.toMatchObject({ code: "index_mismatch" });
      await expect(refused).rejects.toThrow(
        name.endsWith(".segment") ? /is sealed with recordsRoot .*; nothing was erased/ : `${name} has been changed`,
      );
      expect(await readdir(target).catch(() => []), name).toEqual([]);
      await writeFile(file, bytes);
    }
    await without(path, [1]);
  });

  test.each([
    ['"records": 6', '"records": 15', "index_malformed", /expected tombstones of at most 14 records/],
    ['"records": 6', '"records": 5', "index_mismatch", /expected 5 records, found 6/],
    ['"tombstones": {', '"tombstones": 7, "others": {', "index_malformed", /expected tombstones of .*, found 7/],
  ])("is refused of a manifest that has for %s %s", async (before, after, code, why) => {
    const { target: path } = await middle();
    const manifest = join(path, "index.json");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace(before, after));
    await expect(tombstoneIndex(path, [1], newFolder())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(why),
    });
  });

  test("leaves no index when its process is killed, nothing of it later, and can be done then", async () => {
    const rows = texts(300);
    const path = await built(rows.slice(0, 256), rows.slice(256));
    const target = newFolder();
    const module = new URL("./tombstoneIndex.js", import.meta.url).href;
    // at the first file of the target that is whole
    const program = `${newFolder()}.mjs`;
    await writeFile(
      program,
      `import { readdirSync } from "node:fs";
      const { tombstoneIndex } = await import(${JSON.stringify(module)});
      const look = () => {
        let names = [];
        try { names = readdirSync(${JSON.stringify(target)}); } catch {}
        if (names.some((name) => name.endsWith(".segment"))) process.kill(process.pid, "SIGKILL");
        setImmediate(look);
      };
      look();
      await tombstoneIndex(${JSON.stringify(path)}, [7], ${JSON.stringify(target)});`,
    );
    const child = spawn(process.execPath, [program], { stdio: "inherit" });
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
    const left = await readdir(target);
    expect(left.some((name) => name.endsWith(".segment"))).toBe(true);
    expect(left).not.toContain("index.json");

    // what was left has record 8
    (await tombstoneIndex(path, [7, 8, 260], target)).close();
    expect(await contents(target)).toEqual(await contents(await without(path, [7, 8, 260])));
  });

  test("ends when it is told to, beside its caller's thread, and leaves nothing", async () => {
    const path = await built(texts(300));
    const target = newFolder();
    const reason = new Error("the node stops");
    const stopping = new AbortController();
    const erasing = tombstoneIndex(path, [1], target, { signal: stopping.signal });
    setTimeout(() => stopping.abort(reason), 20);
    await expect(erasing).rejects.toBe(reason);
    expect(await readdir(target)).toEqual([]);
    await expect(tombstoneIndex(path, [1], target, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    (await tombstoneIndex(path, [1], target)).close();
  });

  test("is one process's at a time", async () => {
    const { path } = await middle();
    const target = newFolder();
    const both = await Promise.allSettled([tombstoneIndex(path, [1], target), tombstoneIndex(path, [2], target)]);
    const refused = both.filter((one) => one.status === "rejected");
    expect(refused.map(({ reason }) => reason.code)).toEqual(["index_locked"]);
    for (const one of both) if (one.status === "fulfilled") one.value.close();
  });
});

describe("an index with erased records that is fetched", () => {
  let store: Store;
  let path: string;
  let target: string;
  let file: IndexFile;
  beforeEach(async () => {
    store = new Store();
    ({ path, target } = await middle());
    file = await listedBy(target);
  });

  const listedBy = async (folder: string) => {
    const { dataHash } = await publishIndex(folder, store);
    return decodeIndexFile(await store.get(dataHash));
  };

  /** The same index with other bytes in place of its tombstones. */
  async function withBytes(bytes: Uint8Array, records = 6): Promise<IndexFile> {
    const { hash } = await store.put(bytes);
    return { ...file, tombstones: { records, sha256: hash, byteLength: bytes.length, parts: [hash] } };
  }

  const bytesNow = async () => Buffer.from(await store.get(file.tombstones!.sha256));

  test("has the root of the whole one, and is checked by its files afterwards", async () => {
    const whole = await listedBy(path);
    const index = await fetchIndex(newFolder(), file, store);

    const { tombstones, thresholds, segments, ...rest } = file;
    expect(whole).toMatchObject(rest);
    expect(whole).not.toHaveProperty("tombstones");
    expect(tombstones).toMatchObject({ records: 6, byteLength: 16 + 6 * 36 + 10 * 44 });
    expect(indexFileBytes(file)).toBe(segments[0]!.byteLength + thresholds.byteLength + tombstones!.byteLength);
    expect([index.root, index.erasedRecords, index.recordCount]).toEqual([
      (await readManifest(path))!.seal!.root,
      6,
      14,
    ]);
    expect(index.ids(4)).toHaveLength(0);
    index.close();
  });

  test("of many records is checked in the thread, and can be erased from again", async () => {
    const rows = texts(300);
    const source = await built(rows.slice(0, 256), rows.slice(256));
    const folder = newFolder();
    (await fetchIndex(folder, await listedBy(await without(source, [0, 299])), store)).close();
    const index = await tombstoneIndex(folder, [17], newFolder());
    expect([index.root, index.erasedRecords]).toEqual([AttributionIndex.of({ rows, ...BASE }, DECOYS).root, 3]);
    index.close();
  });

  test("heals tombstones that the disk has altered", async () => {
    const folder = newFolder();
    (await fetchIndex(folder, file, store)).close();
    const name = join(folder, tombstonesFile(file.tombstones!.sha256.slice(2)));
    await writeFile(name, (await bytesNow()).fill(9, 60, 61));
    (await fetchIndex(folder, file, store)).close();
    expect(await readFile(name)).toEqual(await bytesNow());
  });

  test("may have the hash of a block that it could compute", async () => {
    const { records, blocks } = await tombstonesIn(target);
    const lists = openSegments(target, (await readManifest(target))!.segments);
    const thresholds = await readThresholds(target, file.thresholds.sha256.slice(2));
    const tombstones = openTombstones(target, (await readManifest(target))!.tombstones);
    const hashes: Uint8Array[] = [];
    for (const { content } of postingsLeaves(lists, thresholds, tombstones)) {
      hashes.push("hash" in content ? content.hash : keccak.hash(leafTag("IndexPostings"), content.payload));
    }
    lists.close();
    tombstones!.close();
    const at = blocks.findIndex(({ leaf }) => leaf > 17);
    const more = blocks.toSpliced(at, 0, { leaf: 17, block: 0, left: 1, hash: hashes[17]! });
    (await fetchIndex(newFolder(), await withBytes(Buffer.concat(tombstoneBytes(records, more))), store)).close();
  });

  type Read = { records: RecordTombstone[]; blocks: BlockTombstone[] };
  const other = new Uint8Array(32).fill(5);

  test.each<[string, (of: Read) => void, string, string]>([
    ["a record's hash is another", ({ records }) => set(records, 2, { hash: other }), "mismatch", "claims recordsRoot"],
    ["a record's hash is missing", ({ records }) => void records.shift(), "mismatch", "claims recordsRoot"],
    [
      "a record has its positions",
      ({ records }) => set(records, 0, { record: 3 }),
      "mismatch",
      "expected no position of record 3, which was erased, found 18",
    ],
    [
      "there is no such record",
      ({ records }) => void records.push({ record: 14, hash: other }),
      "mismatch",
      "expected records below 14, found 14",
    ],
    [
      "records are out of order",
      ({ records }) => void records.splice(0, 2, records[1]!, records[0]!),
      "malformed",
      "expected a record above 5, found 4",
    ],
    [
      "a record comes twice",
      ({ records }) => void records.splice(1, 0, records[0]!),
      "malformed",
      "expected a record above 4, found 4",
    ],
    ["a block's hash is another", ({ blocks }) => set(blocks, 0, { hash: other }), "mismatch", "claims postingsRoot"],
    ["a block of no list is missing", ({ blocks }) => void blocks.pop(), "mismatch", "claims postingsRoot"],
    [
      "a list's block is missing",
      ({ blocks }) => void blocks.splice(1, 1),
      "mismatch",
      "expected at most 0 postings of token 1 left of leaf 3, found 16",
    ],
    [
      "blocks are out of order",
      ({ blocks }) => void blocks.splice(4, 2, blocks[5]!, blocks[4]!),
      "malformed",
      "expected a leaf above 10, found 9",
    ],
    [
      "a block has more left than its list",
      ({ blocks }) => set(blocks, 0, { left: 1 }),
      "mismatch",
      "expected at most 15 postings of token 1 left of leaf 3, found 16",
    ],
    [
      "a block has fewer left than its list",
      ({ blocks }) => set(blocks, 2, { left: 15 }),
      "mismatch",
      "expected leaf 4 to be block 4 of token 1, found block 0 at leaf 4",
    ],
    [
      "a block lost nothing of 64",
      ({ blocks }) => set(blocks, 1, { left: 64 }),
      "malformed",
      "expected at most 63 postings left of leaf 2, found 64",
    ],
    [
      "a block of no list has a posting left",
      ({ blocks }) => set(blocks, 4, { left: 1 }),
      "malformed",
      "expected at most 0 postings left of leaf 9, found 1",
    ],
    [
      "a block has another's number",
      ({ blocks }) => set(blocks, 1, { block: 3 }),
      "mismatch",
      "expected leaf 2 to be block 2 of token 1, found block 3 at leaf 2",
    ],
    [
      "a list's block is said to be of none",
      ({ blocks }) => set(blocks, 0, { block: NO_LIST }),
      "mismatch",
      "expected leaf 1 to be block 1 of token 1, found one of no list at leaf 1",
    ],
    [
      "a block of no list is said to begin one",
      ({ blocks }) => set(blocks, 4, { block: 0 }),
      "mismatch",
      "expected leaf 10 to be block 1 of token 108, found one of no list at leaf 10",
    ],
    [
      "a block stands behind one that ends its list",
      ({ blocks }) => void blocks.splice(4, 0, { leaf: 6, block: 1, left: 0, hash: other }),
      "mismatch",
      "expected leaf 6 to be block 0 of token 101, found block 1 at leaf 6",
    ],
    [
      "the last block stands behind one that ends its list",
      ({ blocks }) => set(blocks, 9, { block: 1 }),
      "mismatch",
      "expected no block of a list at leaf 18 or behind it, found block 1 at leaf 18",
    ],
    [
      "a block stands beyond all leaves",
      ({ blocks }) => void blocks.push({ leaf: 20, block: NO_LIST, left: 0, hash: other }),
      "mismatch",
      "expected no block of a list at leaf 19 or behind it, found one of no list at leaf 20",
    ],
  ])("is refused when %s", async (_, change, code, told) => {
    const read = await tombstonesIn(target);
    change(read);
    const listed = await withBytes(Buffer.concat(tombstoneBytes(read.records, read.blocks)), read.records.length);
    await expectRefused(listed, code, told);
  });

  test.each<[string, (bytes: Buffer) => Uint8Array, string, string]>([
    ["another file", (bytes) => bytes.fill(0, 0, 1), "malformed", "expected an OLKT file, found other bytes"],
    ["of another format", (bytes) => bytes.fill(2, 4, 5), "malformed", "expected format 1, found 2"],
    ["of no records", (bytes) => bytes.fill(0, 8, 12), "malformed", "expected a record, found none"],
    ["of more blocks than records have", (bytes) => bytes.fill(7, 12, 14), "malformed", "expected at most 1536 blocks"],
    ["cut off", (bytes) => bytes.subarray(0, -44), "malformed", "expected 672 bytes, found 628"],
    ["cut off in its head", (bytes) => bytes.subarray(0, 9), "malformed", "expected 16 bytes, found 9"],
    ["too long", (bytes) => Buffer.concat([bytes, Buffer.of(0)]), "malformed", "expected 672 bytes, found 673"],
  ])("is refused for tombstones that are %s", async (_, change, code, told) => {
    await expectRefused(await withBytes(change(await bytesNow())), code, told);
  });

  test("is refused for tombstones of another number of records, or none", async () => {
    await expectRefused(await withBytes(await bytesNow(), 5), "mismatch", "expected 5 records, found 6");
    const { tombstones: _, ...none } = file;
    await expectRefused(none, "mismatch", "claims recordsRoot");
  });

  test("is refused when an erased record is in its segment still, or in a list of it", async () => {
    const lists = openSegments(target, (await readManifest(target))!.segments);
    const rows = lists.segments[0]!.rows();
    lists.close();
    const segment = Buffer.concat(segmentBytes(rows.with(4, rowOf([1])), 0));
    await expectRefused(await withSegment(segment), "mismatch", "expected no position of record 4, which was erased");

    const left = Buffer.from(await store.get(file.segments[0]!.sha256));
    const positions = 8 * 18;
    // the last posting of token 1 becomes record 13's
    const markAt = 32 + CODE_BYTES * positions + 4 * (8 * 16 - 1);
    expect(left.readUInt32LE(markAt) >>> 16).toBe(12);
    left.writeUInt32LE(13 * 2 ** 16, markAt);
    await expectRefused(await withSegment(left), "malformed", "expected token 1 at position 0 of record 13");
  });

  async function withSegment(bytes: Uint8Array): Promise<IndexFile> {
    const { hash } = await store.put(bytes);
    return { ...file, segments: [{ records: 14, sha256: hash, byteLength: bytes.length, parts: [hash] }] };
  }

  async function expectRefused(listed: IndexFile, code: string, told: string): Promise<void> {
    const folder = newFolder();
    await expect(fetchIndex(folder, listed, store)).rejects.toMatchObject({
      code: `index_${code}`,
      message: expect.stringContaining(told),
    });
    expect(await readdir(folder)).toEqual(["refused.txt"]);
  }
});

/** With some members of one of its entries changed. */
function set<T>(entries: T[], at: number, change: Partial<T>): void {
  entries[at] = { ...entries[at]!, ...change };
}

/** Records that end with a token of their own, each with codes that no other has. */
function texts(count: number): PositionCodes[] {
  return Array.from({ length: count }, (_, i) => {
    const common = Array.from({ length: 3 + (i % 7) }, () => random.below(6));
    return rowOf([...common, 0x5a_a501 + 0x0301 * i]);
  });
}

function eachCode(codes: Uint8Array): Buffer[] {
  return Array.from({ length: codes.length / CODE_BYTES }, (_, i) =>
    Buffer.from(codes.subarray(i * CODE_BYTES, (i + 1) * CODE_BYTES)),
  );
}

/**
 * 14 records, of which 4 to 7, 9 and 13 are erased in `target`. Each has token 1 sixteen times, so that leaves 0 to 3 are its
 * blocks, of which the first is untouched, the second is gone, and two lost some; token 2, leaf 4; and one of its own.
 */
async function middle(): Promise<{ path: string; target: string }> {
  const path = await built(Array.from({ length: 14 }, (_, i) => rowOf([...new Array(16).fill(1), 2, 100 + i])));
  return { path, target: await without(path, [4, 5, 6, 7, 9, 13]) };
}
