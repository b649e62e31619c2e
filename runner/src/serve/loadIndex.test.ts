import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildIndex,
  buildIndexFolder,
  creditRecords,
  indexFileBytes,
  publishIndex,
  tombstoneIndex,
} from "@openledger/engine";
import {
  type ChainReader,
  ContentUnavailableError,
  contentHash,
  decodeIndexFile,
  encodeIndexFile,
  type IndexFile,
} from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { indexRuntime } from "../testing/indexRuntime.js";
import { IndexShelf } from "./IndexShelf.js";
import { loadIndex } from "./loadIndex.js";
import { ModelUnusable } from "./ModelUnusable.js";

const records = Array.from({ length: 90 }, (_, i) => ({ ids: [i % 7, 1, i % 11, 3] }));
const { weightsRoot } = indexRuntime;
const wanted = { datanet: 4n, version: 2, base: 1n, recordCount: records.length, baseWeightsRoot: weightsRoot };
const limit = 2 ** 20;

let folder: string;
let stored: Map<Hex, Uint8Array>;
let asked: Hex[];
let shelf: IndexShelf;
let committed: { root: Hex; dataHash: Hex };
let file: IndexFile;
const stopping = new AbortController();
const content = {
  put: async (bytes: Uint8Array) => {
    stored.set(contentHash(bytes), bytes.slice());
    return { hash: contentHash(bytes) };
  },
  get: async (hash: Hex) => {
    asked.push(hash);
    const bytes = stored.get(hash);
    if (bytes === undefined) throw new ContentUnavailableError(hash, "status 404", { retryable: true });
    return bytes;
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-shelf-"));
  stored = new Map();
  asked = [];
  shelf = new IndexShelf(join(folder, "indexes"), content, limit, stopping.signal);
  (await buildIndexFolder(indexRuntime, records, join(folder, "built"))).close();
  committed = await publishIndex(join(folder, "built"), content);
  file = decodeIndexFile(stored.get(committed.dataHash)!);
});

afterEach(async () => {
  await shelf.close();
  await rm(folder, { recursive: true, force: true });
});

/** Loads what a chain has committed; the index file is no part of what is asked. */
function load(onChain = committed, want: Partial<typeof wanted> = {}) {
  const readContract = async () => [onChain.root, onChain.dataHash];
  const reader = { publicClient: { readContract }, deployment: { addresses: {} } } as unknown as ChainReader;
  const files = { get: async (hash: Hex) => stored.get(hash)! };
  return loadIndex(reader, files, shelf, { ...wanted, ...want });
}

/** Commits to another index file under the root that it claims, or another. */
async function commit(other: IndexFile, root = committed.root) {
  return { root, dataHash: (await content.put(encodeIndexFile(other))).hash };
}

describe("an index that a runner loads", () => {
  it("is read from disk and credits as the one in memory does", async () => {
    const inMemory = await buildIndex(indexRuntime, records);
    const answer = {
      ...(await indexRuntime.codes([3, 1, 5, 1])),
      passes: [{ at: 0, before: await indexRuntime.codes([1, 2]) }],
    };

    const index = await load();

    expect(index.root).toBe(inMemory.root);
    const credits = creditRecords([index], answer);
    expect(credits).toEqual(creditRecords([inMemory], answer));
    expect(credits.credits[0]!.size).toBeGreaterThan(0);
    expect(asked).toEqual([...file.segments.flatMap(({ parts }) => parts), ...file.thresholds.parts]);
  });

  it("is fetched once for two Datanets that committed it", async () => {
    const [one, other] = await Promise.all([load(), load(committed, { datanet: 5n })]);

    expect(one).not.toBe(other);
    expect(asked).toHaveLength(file.segments.length + 1);
  });

  it("is closed with its shelf", async () => {
    const index = await load();
    expect([...index.ids(1)]).toEqual(records[1]!.ids);

    await shelf.close();

    expect(() => index.ids(1)).toThrow();
  });

  it("is not there yet when nothing was committed", async () => {
    await expect(load({ root: zeroHash, dataHash: zeroHash })).rejects.toThrow("has no index under base 1 yet");
  });
});

describe("an index that is refused", () => {
  afterEach(async () => {
    expect(asked).toEqual([]);
    await expect(readdir(join(folder, "indexes"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("for another root than the chain's, which are both told", async () => {
    const refused = load({ ...committed, root: `0x${"ab".repeat(32)}` });
    await expect(refused).rejects.toBeInstanceOf(ModelUnusable);
    await expect(refused).rejects.toThrow(`has root 0x${"ab".repeat(32)} on the chain; its file`);
    await expect(refused).rejects.toThrow(committed.root);
    // a file that claims other parts of the root claims another
    await expect(load(await commit({ ...file, postingsRoot: weightsRoot }))).rejects.toThrow("on the chain; its file");
  });

  it("for other records than the version's, and another base", async () => {
    await expect(load(committed, { recordCount: 91 })).rejects.toThrow("is of 90 records under base");
    await expect(load(committed, { baseWeightsRoot: zeroHash })).rejects.toThrow(`and the base is ${zeroHash}`);
    await expect(load(committed, { recordCount: 91 })).rejects.toBeInstanceOf(ModelUnusable);
  });

  it("for records that were erased from it, which are counted", async () => {
    const index = await tombstoneIndex(join(folder, "built"), [3, 4, 80], join(folder, "erased"));
    index.close();
    const erased = await publishIndex(join(folder, "erased"), content);
    expect(erased.root).toBe(committed.root);

    await expect(load(erased)).rejects.toBeInstanceOf(ModelUnusable);
    await expect(load(erased)).rejects.toThrow("under base 1: 3 of its records were erased");
    await expect(load(erased)).rejects.toThrow("Publish a newer version without them, or its index.");
    // what it claims is looked at first
    await expect(load(erased, { recordCount: 91 })).rejects.toThrow("is of 90 records under base");
  });

  it("for a file that is none, which is named", async () => {
    const { hash } = await content.put(new TextEncoder().encode("OLIX"));
    const refused = load({ ...committed, dataHash: hash });
    await expect(refused).rejects.toBeInstanceOf(ModelUnusable);
    await expect(refused).rejects.toThrow(`file ${hash}: index file: expected UTF-8 JSON`);
  });

  it("for want of room, with how much it takes", async () => {
    shelf = new IndexShelf(join(folder, "indexes"), content, indexFileBytes(file) - 1, stopping.signal);
    await expect(load()).rejects.toThrow(`Its index takes ${indexFileBytes(file)} bytes`);
  });
});

it("a shelf has room again for what could not be fetched", async () => {
  shelf = new IndexShelf(join(folder, "indexes"), content, indexFileBytes(file), stopping.signal);
  const [part] = file.segments[0]!.parts;
  const bytes = stored.get(part!)!;
  stored.delete(part!);
  await expect(load()).rejects.toMatchObject({ code: "content_unavailable" });
  stored.set(part!, bytes);

  expect((await load()).root).toBe(committed.root);
  await expect(load(committed, { datanet: 5n })).rejects.toThrow("MAXIMUM_INDEX_MIB");
});

it("an index whose segments do not give the committed root is refused once and for all", async () => {
  // one bit of a posting's code
  const segment = file.segments[0]!;
  const bytes = stored.get(segment.sha256)!.slice();
  bytes[40]! ^= 1;
  const { hash } = await content.put(bytes);
  const onChain = await commit({ ...file, segments: [{ ...segment, sha256: hash, parts: [hash] }] });

  const refused = load(onChain);
  await expect(refused).rejects.toBeInstanceOf(ModelUnusable);
  await expect(refused).rejects.toThrow(`the index file claims recordsRoot ${file.recordsRoot}`);
  asked.length = 0;
  await expect(load(onChain)).rejects.toThrow(/recordsRoot.*to fetch the index again/);
  expect(asked).toEqual([]);
});
