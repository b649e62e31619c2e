import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildIndex,
  buildIndexFolder,
  creditRecords,
  indexFileBytes,
  publishIndex,
  type SegmentIndex,
  tombstoneIndex,
} from "@openledger/engine";
import {
  ContentErasedError,
  ContentUnavailableError,
  contentHash,
  decodeIndexFile,
  encodeIndexFile,
  type IndexFile,
} from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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
/** What stands for files that were erased. */
let replaced: Map<Hex, Hex>;
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
  replaced = new Map();
  shelf = new IndexShelf(join(folder, "indexes"), content, limit, stopping.signal);
  (await buildIndexFolder(indexRuntime, records, join(folder, "built"))).close();
  committed = await publishIndex(join(folder, "built"), content);
  file = decodeIndexFile(stored.get(committed.dataHash)!);
});

afterEach(async () => {
  await shelf.close();
  await rm(folder, { recursive: true, force: true });
});

async function getFile(hash: Hex): Promise<Uint8Array> {
  const replacement = replaced.get(hash);
  if (replacement !== undefined) throw new ContentErasedError("http://store", replacement);
  return stored.get(hash)!;
}

/** Loads what a chain has committed; the index file is no part of what is asked. */
function load(onChain = committed, want: Partial<typeof wanted> = {}) {
  return loadIndex({ get: getFile }, shelf, { ...wanted, ...want }, onChain);
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

  it("for ever where the chain names the file, and for as long as it stands there for one that was erased", async () => {
    const index = await tombstoneIndex(join(folder, "built"), [3], join(folder, "erased"));
    index.close();
    const erased = await publishIndex(join(folder, "erased"), content);
    const none = (await content.put(new TextEncoder().encode("OLIX"))).hash;
    const waitsFor = `It waits for another file in the place of the erased ${committed.dataHash}.`;

    for (const other of [erased.dataHash, none]) {
      await expect(load({ ...committed, dataHash: other })).rejects.toMatchObject({ isFinal: true });
      replaced.set(committed.dataHash, other);
      await expect(load()).rejects.toMatchObject({ isFinal: false, message: expect.stringContaining(waitsFor) });
      replaced.clear();
    }
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
    await expect(load()).rejects.toMatchObject({ isFinal: false });
  });
});

it("an index of which a part is missing waits for that part, and hashes nothing meanwhile", async () => {
  const parts = [...file.segments, file.thresholds].flatMap(({ parts }) => parts);
  const last = parts.at(-1)!;
  const bytes = stored.get(last)!;
  stored.delete(last);

  for (let tries = 0; tries < 2; tries++) await expect(load()).rejects.toMatchObject({ code: "content_unavailable" });
  expect(asked).toEqual([...parts, last]);
  // what is there is not looked at: it may be many gigabytes
  await rm(join(folder, "indexes", committed.dataHash.slice(2)), { recursive: true });
  await expect(load()).rejects.toMatchObject({ code: "content_unavailable" });
  expect(asked).toEqual([...parts, last, last]);
  stored.set(last, bytes);
  expect((await load()).root).toBe(committed.root);
  asked.length = 0;
  await load();
  expect(asked).toEqual([]);
});

describe("a shelf with room for one index", () => {
  let other: typeof committed;
  const names = () => readdir(join(folder, "indexes"));
  const nameOf = ({ dataHash }: typeof committed) => dataHash.slice(2);
  beforeEach(async () => {
    const others = records.map(({ ids }) => ({ ids: [...ids].reverse() }));
    (await buildIndexFolder(indexRuntime, others, join(folder, "other"))).close();
    other = await publishIndex(join(folder, "other"), content);
    const bytes = [committed, other].map(({ dataHash }) => indexFileBytes(decodeIndexFile(stored.get(dataHash)!)));
    shelf = new IndexShelf(join(folder, "indexes"), content, Math.max(...bytes), stopping.signal);
  });

  it("counts what two Datanets committed, and a second try, once", async () => {
    const [part] = file.segments[0]!.parts;
    const bytes = stored.get(part!)!;
    stored.delete(part!);
    await expect(load()).rejects.toMatchObject({ code: "content_unavailable" });
    stored.set(part!, bytes);

    expect((await load()).root).toBe(committed.root);
    expect((await load(committed, { datanet: 5n })).root).toBe(committed.root);
    await expect(load(other)).rejects.toThrow("MAXIMUM_INDEX_MIB");
  });

  it("has it again for others once nobody has the first open, whose folder goes", async () => {
    const [index, same] = [await load(), await load(committed, { datanet: 5n })];

    for (let times = 0; times < 2; times++) shelf.release(index);

    expect(() => index.ids(1)).toThrow();
    await expect(load(other)).rejects.toThrow("MAXIMUM_INDEX_MIB");
    shelf.release(same);
    expect((await load(other)).root).toBe(other.root);
    expect(await names()).toEqual([nameOf(other)]);
  });

  it("does not give it to others that is closed while it is fetched again", async () => {
    const bytesOf = ({ dataHash }: typeof committed) => indexFileBytes(decodeIndexFile(stored.get(dataHash)!));
    // one byte less than both take
    const most = bytesOf(committed) + bytesOf(other) - 1;
    shelf = new IndexShelf(join(folder, "indexes"), content, most, stopping.signal);
    const index = await load();
    await rm(join(folder, "indexes", nameOf(committed)), { recursive: true });
    const [part] = file.segments[0]!.parts;
    const bytes = stored.get(part!)!;
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    stored.set(part!, gate.then(() => bytes) as never);
    asked.length = 0;
    const again = shelf.fetch(committed.dataHash, file);
    await vi.waitFor(() => expect(asked).toEqual([part]), { timeout: 20_000, interval: 50 });
    shelf.release(index);

    await expect(load(other)).rejects.toThrow("MAXIMUM_INDEX_MIB");
    go();
    expect((await again).root).toBe(committed.root);
  });

  it("takes it from what is not whole, and from what an earlier process fetched", async () => {
    const last = file.thresholds.parts.at(-1)!;
    const bytes = stored.get(last)!;
    stored.delete(last);
    await expect(load()).rejects.toMatchObject({ code: "content_unavailable" });
    expect(await names()).toEqual([nameOf(committed)]);

    // both have this part
    stored.set(last, bytes);
    shelf.release(await load(other));
    expect(await names()).toEqual([nameOf(other)]);
    shelf = new IndexShelf(join(folder, "indexes"), content, indexFileBytes(file), stopping.signal);
    await load();
    expect(await names()).toEqual([nameOf(committed)]);
  });

  it("does not give it to two that want it at once", async () => {
    const [one, two] = await Promise.allSettled([load(), load(other)]);

    expect([one!.status, two!.status].sort()).toEqual(["fulfilled", "rejected"]);
    expect(await names()).toHaveLength(1);
  });

  it("takes none from a folder that another process writes to", async () => {
    const locked = join(folder, "indexes", "ab".repeat(32));
    await mkdir(locked, { recursive: true });
    await writeFile(join(locked, "segment"), "codes");
    await writeFile(join(locked, "lock"), JSON.stringify({ pid: 1, host: "another machine" }));

    await expect(load()).rejects.toThrow("MAXIMUM_INDEX_MIB");
    expect(await names()).toEqual(["ab".repeat(32)]);
  });
});

describe("folders of indexes that nobody wants", () => {
  const nobodys = "ab".repeat(32);
  const removed = "cd".repeat(32);
  const names = async () => (await readdir(join(folder, "indexes"))).sort();
  beforeEach(async () => {
    await mkdir(join(folder, "indexes", nobodys), { recursive: true });
    await mkdir(join(folder, "indexes", `${removed}.removed`));
    await writeFile(join(folder, "indexes", nobodys, "segment"), "codes");
    await writeFile(join(folder, "indexes", "notes.txt"), "none of the shelf's");
  });

  it("are removed, but for those that are wanted, open or being fetched", async () => {
    const wanted = "ef".repeat(32);
    await mkdir(join(folder, "indexes", wanted));
    const index = await load();

    await shelf.sweep(async () => new Set<Hex>([`0x${wanted}`]));
    expect(await names()).toEqual([committed.dataHash.slice(2), wanted, "notes.txt"].sort());
    expect([...index.ids(1)]).toEqual(records[1]!.ids);

    shelf.release(index);
    const again: Promise<SegmentIndex>[] = [];
    await shelf.sweep(async () => {
      again.push(shelf.fetch(committed.dataHash, file));
      return new Set();
    });
    shelf.release(await again[0]!);
    expect(asked).toHaveLength(file.segments.length + 1);

    await rm(join(folder, "indexes", committed.dataHash.slice(2)), { recursive: true });
    asked.length = 0;
    const loading = load();
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0), { timeout: 20_000, interval: 50 });
    await shelf.sweep(async () => new Set());
    expect([...(await loading).ids(1)]).toEqual(records[1]!.ids);
    expect(await names()).toEqual([committed.dataHash.slice(2), "notes.txt"]);
  });

  it("leave nothing of a removal that was cut short, also where the same index is wanted, open or erased", async () => {
    const own = committed.dataHash.slice(2);
    await load();
    await mkdir(join(folder, "indexes", `${own}.removed`));
    await shelf.sweep(async () => new Set<Hex>([`0x${nobodys}`, committed.dataHash]));
    expect(await names()).toEqual([nobodys, own, "notes.txt"].sort());

    await mkdir(join(folder, "indexes", `${nobodys}.removed`));
    await shelf.remove(`0x${nobodys}`);
    expect(await names()).toEqual([own, "notes.txt"].sort());
  });

  it("stay while another process writes to them, or the chain does not say which are wanted", async () => {
    await writeFile(join(folder, "indexes", nobodys, "lock"), JSON.stringify({ pid: 1, host: "another machine" }));
    await expect(shelf.sweep(() => Promise.reject(new Error("no chain")))).rejects.toThrow("no chain");
    expect(await names()).toEqual([nobodys, "notes.txt"]);

    await shelf.sweep(async () => new Set());
    expect(await names()).toEqual([nobodys, "notes.txt"]);
  });

  it("that were asked for meanwhile are fetched behind their removal", async () => {
    shelf.release(await load());
    const sweeping = shelf.sweep(async () => new Set());
    const index = await load();
    await sweeping;
    expect([...index.ids(1)]).toEqual(records[1]!.ids);
    expect(await readdir(join(folder, "indexes", committed.dataHash.slice(2)))).not.toHaveLength(0);
  });

  it("are none to ask the chain about where all are open", async () => {
    await rm(join(folder, "indexes"), { recursive: true });
    const asking = () => Promise.reject(new Error("asked"));
    await shelf.sweep(asking);
    await load();
    await shelf.sweep(asking);
  });
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
