import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AttributionError, buildIndexFolder, indexFileBytes, MatchSearch, publishIndex } from "@openledger/engine";
import { type Contribution, contentHash, decodeIndexFile } from "@openledger/sdk";
import type { Hex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { indexRuntime } from "../testing/indexRuntime.js";
import { TestChain } from "../testing/TestChain.js";
import { TestContributions } from "../testing/TestContributions.js";
import { IndexShelf } from "./IndexShelf.js";
import { VersionShelf, type VersionShelfDeps } from "./VersionShelf.js";

/** Two contributions of 30 and 60 records, and the index of the 89 that are not revoked. */
const texts = Array.from({ length: 90 }, (_, i) => `record ${i} of some that are quoted`);
const revocations = [{ contribution: 11n, index: 4 }];
const records = texts.filter((_, i) => i !== 4).map((_, i) => ({ ids: [i % 7, 1, i % 11, 3] }));

let folder: string;
let indexFiles: Map<Hex, Uint8Array>;
let committed: { readonly root: Hex; readonly dataHash: Hex };
/** Of other records, as many. */
let other: typeof committed;
let search: MatchSearch;
let store: TestContributions;
let contributions: readonly Contribution[];
let chain: TestChain;
let faults: unknown[];
let forgotten: ReadonlyMap<number, unknown>[];
const stopping = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-versions-"));
  indexFiles = new Map();
  search = new MatchSearch();
  (await buildIndexFolder(indexRuntime, records, join(folder, "built"))).close();
  const put = async (bytes: Uint8Array) => {
    indexFiles.set(contentHash(bytes), bytes.slice());
    return { hash: contentHash(bytes) };
  };
  committed = await publishIndex(join(folder, "built"), { put });
  const others = records.map(({ ids }) => ({ ids: [...ids].reverse() }));
  (await buildIndexFolder(indexRuntime, others, join(folder, "other"))).close();
  other = await publishIndex(join(folder, "other"), { put });
});

afterAll(async () => {
  await search.close();
  await rm(folder, { recursive: true, force: true });
});

/** A shelf with room for one of the indexes. */
function openExact(): IndexShelf {
  const files = [committed, other].map(({ dataHash }) => decodeIndexFile(indexFiles.get(dataHash)!));
  return new IndexShelf(join(folder, "exact"), store, Math.max(...files.map(indexFileBytes)), stopping.signal);
}

let indexes: IndexShelf;
beforeEach(() => {
  store = new TestContributions();
  for (const bytes of indexFiles.values()) store.put(bytes);
  contributions = [store.add(11n, texts.slice(0, 30)), store.add(12n, texts.slice(30))];
  chain = new TestChain(contributions, revocations);
  indexes = new IndexShelf(join(folder, "indexes"), store, 2 ** 20, stopping.signal);
  [faults, forgotten] = [[], []];
});

afterEach(async () => {
  await indexes.close();
});

function open(more: Partial<VersionShelfDeps> = {}): VersionShelf {
  return new VersionShelf({
    reader: chain.reader,
    files: store,
    indexes,
    search,
    ledger: { forgetRecords: async (_of, erased) => void forgotten.push(erased) },
    baseWeightsRoot: indexRuntime.weightsRoot,
    onFault: (error) => faults.push(error),
    // a busy machine takes long for anything
    patienceMs: 60_000,
    ...more,
  });
}

describe("a version that is served", () => {
  it("has an index, contributors and texts of the same records", async () => {
    chain.index = committed;

    const { index, contributors, origins, searched } = await open().load(7n, 3, 1n);

    expect([index.recordCount, contributors.length]).toEqual([89, 89]);
    expect((await origins.of([4, 88])).get(4)!.source.path).toBe("11/5.txt");
    const [span] = await searched!.cite("record 5 of some that are quoted");
    expect(span).toMatchObject({ from: 0, places: [{ record: 4, offset: 0 }] });
    expect(faults).toEqual([]);
  });

  it("is served without citations where there is no room for its texts, of which no more is read", async () => {
    chain.index = committed;
    const read: (readonly string[])[] = [];
    const full = new AttributionError("search_full", "no room");
    const addParts = async (parts: AsyncIterable<readonly string[]>): Promise<never> => {
      for await (const part of parts) {
        read.push(part);
        throw full;
      }
      throw new Error("nothing to read");
    };

    const { searched } = await open({ search: { addParts } }).load(7n, 3, 1n);

    expect(searched).toBeUndefined();
    expect(read.map(({ length }) => length)).toEqual([29]);
    expect(faults).toEqual([full]);
  });

  it("is forgotten in kept receipts as far as it was erased", async () => {
    chain.index = committed;
    store.erase(contributions[0]!, [4, 5]);

    const { origins } = await open().load(7n, 3, 1n);

    const source = { name: "source 11", version: "1.0.0", path: "" };
    expect(forgotten).toEqual([new Map([[4, source]])]);
    expect([3, 4, 5].map((place) => origins.isErased(place))).toEqual([false, true, false]);
  });

  it("is open until nobody wants it and no answer is made with it, and then gives its room to others", async () => {
    chain.index = committed;
    const exact = openExact();
    const versions = open({ indexes: exact });
    const wanted = { datanet: 7n, version: 3, base: 1n };
    const version = await versions.load(7n, 3, 1n);
    const letGo = versions.hold([version]);

    await versions.retain([wanted]);
    expect(await versions.load(7n, 3, 1n)).toBe(version);
    await versions.retain([]);
    expect([...version.index.ids(1)]).toEqual(records[1]!.ids);
    expect(await version.searched!.cite("record 5 of some that are quoted")).toHaveLength(1);
    expect(await readdir(join(folder, "exact"))).toHaveLength(1);
    chain.index = other;
    await expect(versions.load(7n, 3, 2n)).rejects.toThrow("MAXIMUM_INDEX_MIB");
    letGo();
    expect(() => version.index.ids(1)).toThrow();
    await expect(version.searched!.cite("record 5")).rejects.toMatchObject({ code: "search_failed" });

    expect([...(await versions.load(7n, 3, 2n)).index.ids(1)]).toEqual([...records[1]!.ids].reverse());
    await versions.retain([]);
    expect(await readdir(join(folder, "exact"))).toEqual([]);
    await exact.close();
  });

  it("leaves the folder of an index that a model waits for, and removes what no chain names", async () => {
    chain.index = committed;
    const wanted = { datanet: 7n, version: 3, base: 1n };
    const nobodys = join(folder, "indexes", "ab".repeat(32));
    await mkdir(nobodys, { recursive: true });
    await open().load(7n, 3, 1n);
    await indexes.close();

    await open().retain([wanted, wanted]);

    expect(await readdir(join(folder, "indexes"))).toEqual([committed.dataHash.slice(2)]);
    expect(chain.asked.filter((name) => name === "indexOf")).toHaveLength(2);
    await open().retain([]);
    expect(await readdir(join(folder, "indexes"))).toEqual([]);
  });

  it("is dropped once it is loaded that nobody waits for any more, unless it was asked for again", async () => {
    chain.index = committed;
    for (const again of [false, true]) {
      let go = () => {};
      chain.gate = new Promise((resolve) => {
        go = resolve;
      });
      const released: unknown[] = [];
      const fetch: IndexShelf["fetch"] = (...of) => indexes.fetch(...of);
      const release: IndexShelf["release"] = (index) => void released.push(index);
      const versions = open({ indexes: { fetch, release, sweep: async () => {} } });
      const loading = versions.load(7n, 3, 1n);
      await versions.retain([]);
      if (again) void versions.load(7n, 3, 1n);
      go();

      const { index } = await loading;

      expect(released).toEqual(again ? [] : [index]);
      expect((await versions.load(7n, 3, 1n)).index === index).toBe(again);
    }
  });

  it("gives the index's room to others where it cannot be searched", async () => {
    chain.index = committed;
    const exact = openExact();
    const versions = open({ indexes: exact, search: { addParts: () => Promise.reject(new Error("no file")) } });

    for (const of of [committed, other]) {
      chain.index = of;
      await expect(versions.load(7n, 3, 1n)).rejects.toThrow("no file");
    }
    await exact.close();
  });

  it("holds up no other while it takes long, and is not fetched twice", async () => {
    chain.gate = new Promise(() => {});
    const versions = open({ patienceMs: 0 });

    for (let tries = 0; tries < 2; tries++) {
      await expect(versions.load(7n, 3, 1n)).rejects.toThrow("Version 3 of Datanet 7 is still being fetched.");
    }
    expect(chain.asked).toEqual(["versionOf"]);
  });
});

describe("a version that cannot be served", () => {
  const refused = async (versions: VersionShelf) => {
    [chain.asked.length, store.asked.length] = [0, 0];
    const error = await versions.load(7n, 3, 1n).then(
      () => undefined,
      (found: Error) => found,
    );
    return error?.message;
  };

  it("looks at the chain alone while no index of it was committed, and is served once one is", async () => {
    const versions = open();
    expect(await refused(versions)).toBe(
      "Version 3 of Datanet 7 has no index under base 1 yet. It waits for the Datanet's owner to commit one.",
    );
    expect(store.asked).toHaveLength(2);
    expect(await refused(versions)).toContain("no index under base 1 yet");
    expect([chain.asked, store.asked]).toEqual([["versionOf", "indexOf"], []]);

    chain.index = committed;
    expect(await refused(versions)).toBeUndefined();
  });

  it("looks at the chain alone while it names an index that is false, and anew at another", async () => {
    chain.index = { ...committed, root: `0x${"ab".repeat(32)}` };
    const versions = open();
    expect(await refused(versions)).toMatch(/has root 0xabab.* on the chain.* Waiting does not change that\.$/);
    expect(store.asked).toContain(committed.dataHash);
    expect(await refused(versions)).toContain("has root 0xabab");
    expect([chain.asked, store.asked]).toEqual([["versionOf", "indexOf"], []]);

    chain.index = committed;
    expect(await refused(versions)).toBeUndefined();
  });

  it.each([
    ["other contributions", () => chain.replace(contributions.slice(0, 1), revocations)],
    ["other revocations", () => chain.replace(contributions, [])],
  ])("is served once a block with %s, and an index that is none of theirs, was replaced", async (_what, replace) => {
    const versions = open();
    replace();
    chain.index = committed;
    for (let tries = 0; tries < 2; tries++)
      expect(await refused(versions)).toMatch(/is of 89 records.*there are (30|29|90)/);

    chain.replace(contributions, revocations);
    expect(await refused(versions)).toBeUndefined();
  });

  it("asks for nothing but the file that is not there", async () => {
    chain.index = committed;
    const { dataHash } = contributions[1]!;
    const bytes = store.files.get(dataHash)!;
    store.files.delete(dataHash);
    const versions = open();

    await refused(versions);
    expect(await refused(versions)).toContain("status 404");
    expect([chain.asked, store.asked]).toEqual([["versionOf"], [dataHash]]);

    store.put(bytes);
    expect(await refused(versions)).toBeUndefined();
  });

  it("is read anew that was dropped meanwhile: false index and contributions", async () => {
    chain.index = { ...committed, root: `0x${"ab".repeat(32)}` };
    const versions = open();
    await refused(versions);
    await versions.retain([{ datanet: 7n, version: 4, base: 1n }]);
    expect(await refused(versions)).toContain("has root 0xabab");
    // another version of the Datanet may have the same contributions
    expect(store.asked).toEqual([committed.dataHash]);

    await versions.retain([]);
    await refused(versions);
    expect(store.asked).toEqual([...contributions.map(({ dataHash }) => dataHash), committed.dataHash]);
  });

  it("is forgotten in kept receipts all the same, once", async () => {
    store.erase(contributions[0]!, [4, 5]);
    const versions = open();
    for (let tries = 0; tries < 2; tries++) expect(await refused(versions)).toContain("no index");
    expect(forgotten).toHaveLength(1);
  });

  it("reads no contribution again that is false for ever, but one that may be replaced", async () => {
    chain.index = committed;
    const [first, second] = contributions as readonly [Contribution, Contribution];
    const versions = open();
    const other = store.put(new TextEncoder().encode("no contribution"));
    store.replace(second.dataHash, other);

    expect(await refused(versions)).toMatch(/^Contribution 12, file 0x.*waits for another file in the place of/);
    await refused(versions);
    expect([chain.asked, store.asked]).toEqual([["versionOf"], [second.dataHash, other]]);

    chain = new TestChain([first, { ...second, recordsRoot: first.recordsRoot, dataHash: first.dataHash }]);
    const others = open();
    expect(await refused(others)).toMatch(/^Contribution 12, file 0x.*Waiting does not change that\.$/);
    expect(await refused(others)).toContain("Contribution 12");
    expect([chain.asked, store.asked]).toEqual([["versionOf"], []]);
  });
});
