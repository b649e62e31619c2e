import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchIndex, IndexFolder, indexFileRoot, publishIndex } from "@openledger/engine";
import {
  ContentErasedError,
  ContentUnavailableError,
  contentHash,
  decodeIndexFile,
  encodeIndexFile,
  getHeld,
} from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { eraseFromIndexes } from "./eraseFromIndexes.js";
import type { IndexCommitment } from "./IndexCommitment.js";

const home = mkdtempSync(join(tmpdir(), "openledger-erase-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(home, `${folders++}`);

const BASE = { baseWeightsRoot: `0x${"11".repeat(32)}`, attributionHash: `0x${"22".repeat(32)}` } as const;
/** Record `r` has token 1 and tokens of its own. */
const rowOf = (record: number) => ({
  ids: Uint32Array.of(1, 1000 + record, 2000 + record),
  surprises: Uint8Array.of(5, 6, 7),
  codes: Uint8Array.from({ length: 48 }, (_, at) => (record * 31 + at * 7) % 256),
});

/** A content store in memory. */
class Store {
  readonly files = new Map<Hex, Uint8Array>();
  readonly erased = new Map<Hex, Hex>();
  /** Orders after which the store is gone. */
  left = Number.POSITIVE_INFINITY;
  isDown = false;

  readonly put = async (bytes: Uint8Array) => {
    const hash = contentHash(bytes);
    if (this.erased.has(hash)) throw new ContentErasedError("http://store");
    this.files.set(hash, bytes.slice());
    return { hash, cid: "" };
  };

  readonly get = async (hash: Hex) => {
    const replacement = this.erased.get(hash);
    if (replacement !== undefined) {
      throw new ContentErasedError("http://store", replacement === zeroHash ? undefined : replacement);
    }
    const file = this.files.get(hash);
    const status = this.isDown ? 503 : 404;
    if (file !== undefined && !this.isDown) return file;
    throw new ContentUnavailableError("http://store", `status ${status}`, { retryable: true, status });
  };

  readonly erase = async (hash: Hex, replacement: Hex) => {
    if (this.left-- <= 0) throw new Error("the store is gone");
    if (replacement !== zeroHash && !this.files.has(replacement)) throw new Error("no such replacement");
    if (!this.erased.has(hash)) this.erased.set(hash, replacement);
    this.files.delete(hash);
  };

  /** Whether any file has a token, in the three bytes that a segment keeps of it. */
  holds(token: number): boolean {
    const bytes = Buffer.of(token & 0xff, token >>> 8, 0);
    return [...this.files.values()].some((file) => Buffer.from(file).includes(bytes));
  }
}

async function publish(store: Store, records: readonly number[]): Promise<{ root: Hex; dataHash: Hex }> {
  const folder = await IndexFolder.open(newFolder(), BASE);
  await folder.append(records.map(rowOf));
  await folder.seal([rowOf(900), rowOf(901)]);
  await folder.close();
  return publishIndex(folder.path, store);
}

let store: Store;
let folder: string;
const subject = { store: "http://store", chainId: 31_337 };

/** An index that a Datanet's owner committed to, of a version of so many records of which these were erased. */
interface Committed {
  readonly datanet?: bigint;
  readonly version?: number;
  readonly root: Hex;
  readonly dataHash: Hex;
  readonly records: number;
  readonly erased: readonly number[];
}

/** Erases for Datanet 1, or the one that is named, where these were committed, in this order, each as a version of its own. */
function run(committed: readonly Committed[], datanet = 1n, of = subject) {
  const numbered = committed.map((one, i) => ({ datanet: 1n, version: i + 1, ...one }));
  const commitments = numbered.map(
    ({ datanet, version, root, dataHash }): IndexCommitment => ({ datanet, version, base: 1n, root, dataHash }),
  );
  const versions = new Map(
    numbered
      .filter((one) => one.datanet === datanet)
      .map(({ version, records, erased }) => [version, { recordCount: records, erased }]),
  );
  const deps = { content: store, erase: store.erase, subject: of, folder, signal: new AbortController().signal };
  return eraseFromIndexes({ datanet, commitments, versions }, deps);
}

async function committed(records: readonly number[], erased: readonly number[], datanet = 1n): Promise<Committed> {
  return { ...(await publish(store, records)), records: records.length, erased, datanet };
}

/** A file of other floors, and so of another root, that lists the same segments. */
async function withOtherFloors(index: Committed, datanet: bigint): Promise<Committed> {
  const file = decodeIndexFile(await store.get(index.dataHash));
  const changed = { ...file, floors: file.floors.map(() => 12_345) };
  const { hash: dataHash } = await store.put(encodeIndexFile(changed));
  return { ...index, datanet, root: indexFileRoot(changed), dataHash };
}

async function heldOf({ dataHash }: { readonly dataHash: Hex }) {
  const file = decodeIndexFile(await getHeld(store, dataHash));
  return fetchIndex(newFolder(), file, store);
}

/** Which of an index's records have positions: those that it opens to, or none of it does. */
async function placesOf(index: Committed): Promise<number[]> {
  const held = await heldOf(index);
  try {
    expect(held.root).toBe(index.root);
    return Array.from({ length: index.records }, (_, place) => place).filter((place) => held.ids(place).length > 0);
  } finally {
    held.close();
  }
}

beforeEach(() => {
  store = new Store();
  folder = newFolder();
});

describe("eraseFromIndexes", () => {
  it("puts an index of the same root without the records in each one's place, and leaves no file of theirs", async () => {
    const first = await committed([0, 1, 2], [1]);
    const second = await committed([0, 1, 2, 3], [1]);
    const untouched = await committed([0, 2], []);
    expect(store.holds(2001)).toBe(true);

    const { replaced, parts, left } = await run([first, second, untouched]);

    expect(replaced.map(({ name, before }) => [name, before])).toEqual([
      ["Datanet 1 version 1 under base 1", first.dataHash],
      ["Datanet 1 version 2 under base 1", second.dataHash],
    ]);
    expect(parts).toBeGreaterThan(1);
    expect(left).toEqual([]);
    expect([store.holds(2001), store.holds(2000), store.holds(2003)]).toEqual([false, true, true]);
    expect(await placesOf(first)).toEqual([0, 2]);
    expect(await placesOf(second)).toEqual([0, 2, 3]);
    expect(await placesOf(untouched)).toEqual([0, 1]);
    expect(existsSync(folder)).toBe(false);
  });

  it("does nothing twice, and goes on when more is erased", async () => {
    const index = await committed([0, 1, 2], [1]);
    await run([index]);
    const files = [...store.files.keys()];
    expect(await run([index])).toEqual({ replaced: [], parts: 0, left: [] });
    expect([...store.files.keys()]).toEqual(files);
    expect(existsSync(folder)).toBe(false);

    await run([{ ...index, erased: [1, 2] }]);
    expect([store.holds(2001), store.holds(2002), store.holds(2000)]).toEqual([false, false, true]);
    expect(await placesOf(index)).toEqual([0]);
  });

  it("erases a record from an index that was committed to without as many others", async () => {
    const whole = await committed([0, 1, 2], [2]);
    await run([whole]);
    const without = { ...whole, dataHash: store.erased.get(whole.dataHash)!, erased: [1] };

    const { replaced } = await run([without]);

    expect(replaced).toHaveLength(1);
    expect(await placesOf(without)).toEqual([0]);
  });

  it("erases a file that two versions committed to once", async () => {
    const index = await committed([0, 1, 2], [1]);
    const { replaced, left } = await run([index, index]);
    expect(replaced).toHaveLength(1);
    expect(left).toEqual([]);
  });

  describe("another Datanet's", () => {
    it("index is not changed by who committed to it later, before it was replaced or after", async () => {
      const victim = await committed([0, 1, 2], []);
      const later = { ...victim, datanet: 2n, erased: [0] };

      const { replaced, parts, left } = await run([victim, later], 2n);

      expect([replaced, parts]).toEqual([[], 0]);
      expect(left).toEqual([
        expect.stringMatching(/^Datanet 2 version 2 .*committed to first for Datanet 1 version 1.*run erase-index 1 /),
      ]);
      expect(await placesOf(victim)).toEqual([0, 1, 2]);

      const changed = { ...victim, erased: [1] };
      expect((await run([changed, later])).left).toEqual([]);
      const after = { ...later, dataHash: store.erased.get(victim.dataHash)! };
      expect((await run([changed, after], 2n)).replaced).toEqual([]);
      expect(await placesOf(victim)).toEqual([0, 2]);
    });

    it("parts are not erased, whoever committed to them first, until its own index lists them no longer", async () => {
      const victim = await committed([0, 1, 2], []);
      const other = await withOtherFloors(victim, 2n);

      const { replaced, left } = await run([{ ...other, erased: [0] }, victim], 2n);

      expect(replaced).toHaveLength(1);
      expect(left).toEqual([expect.stringMatching(/^Datanet 1 version 2 .*lists 2 of the parts.*run erase-index 1,/)]);
      expect(await placesOf(victim)).toEqual([0, 1, 2]);
      expect(await placesOf(other)).toEqual([1, 2]);

      // said again for as long as it is so
      expect(await run([{ ...other, erased: [0] }, victim], 2n)).toEqual({ replaced: [], parts: 0, left });
      expect(readdirSync(folder)).toEqual(["plan.json"]);
      const mine = folder;
      folder = newFolder();
      await run([other, { ...victim, erased: [0] }]);
      folder = mine;
      expect((await run([{ ...other, erased: [0] }, victim], 2n)).left).toEqual([]);
      expect([store.holds(2000), store.holds(2001), existsSync(folder)]).toEqual([false, true, false]);
      expect(await placesOf(victim)).toEqual([1, 2]);
    });

    it("parts are not erased where its index came after a run that was cut short", async () => {
      const index = await committed([0, 1, 2], [0], 2n);
      const victim = await withOtherFloors(index, 1n);
      store.left = 1;
      await expect(run([index], 2n)).rejects.toThrow("the store is gone");
      store.left = Number.POSITIVE_INFINITY;

      const { left } = await run([index, { ...victim, erased: [] }], 2n);

      expect(left).toHaveLength(1);
      expect(await placesOf(victim)).toEqual([0, 1, 2]);
    });

    it("parts are erased where its index file is none, and nothing is where the store does not say", async () => {
      const index = await committed([0, 1, 2], [0]);
      const none = { ...index, datanet: 2n, dataHash: contentHash(Uint8Array.of(1)) };
      const text = { ...none, dataHash: (await store.put(Uint8Array.of(2))).hash };
      store.isDown = true;
      await expect(run([index, none, text])).rejects.toMatchObject({ code: "content_unavailable" });
      store.isDown = false;

      expect((await run([index, none, text])).left).toEqual([]);
      expect(store.holds(2000)).toBe(false);
    });
  });

  describe("what is wrong with one index", () => {
    /** Versions whose index stays, and what is said of each. */
    const wrong: Record<string, [(index: Committed) => Promise<Committed>, RegExp]> = {
      "is not in the store": [
        async (index) => ({ ...index, dataHash: contentHash(Uint8Array.of(1)) }),
        /found none: .*status 404.*put the right file into the store/,
      ],
      "is no index file": [
        async (index) => ({ ...index, dataHash: (await store.put(Uint8Array.of(1))).hash }),
        /found none: index file.*put the right file into the store/,
      ],
      "was erased": [
        async (index) => {
          const { hash: dataHash } = await store.put(Uint8Array.of(1));
          await store.erase(dataHash, zeroHash);
          return { ...index, dataHash };
        },
        /was erased and none stands for it/,
      ],
      "has another root than the chain": [
        async (index) => ({ ...index, root: `0x${"77".repeat(32)}` }),
        /the chain has root 0x7777.*have the store erase it whole/,
      ],
      "has fewer records than the version": [
        async (index) => ({ ...index, records: 4 }),
        /the version has 4 records, index file 0x\w+ has 3/,
      ],
      "lists a part that is not there": [
        async (index) => {
          store.files.delete(decodeIndexFile(store.files.get(index.dataHash)!).segments[0]!.parts[0]!);
          return index;
        },
        /stands there still: .*status 404.*run this again/,
      ],
      "is of another version": [
        async (index) => ({ ...index, erased: [2] }),
        /committed to first for Datanet 1 version 1/,
      ],
    };

    it.each(Object.keys(wrong))("is said where it %s, and the others are erased", async (name) => {
      const [change, problem] = wrong[name]!;
      const good = await committed([0, 1, 2, 3], [1]);
      const bad = await change(name === "is of another version" ? good : await committed([4, 1, 2], [1]));

      const { replaced, left } = await run([good, bad]);

      expect(replaced.map((one) => one.before)).toEqual([good.dataHash]);
      expect(left).toEqual([expect.stringMatching(/^Datanet 1 version 2 under base 1: /)]);
      expect(left[0]).toMatch(problem);
      expect(await placesOf(good)).toEqual([0, 2, 3]);
    });
  });

  describe("a run that was cut short", () => {
    it.each([0, 1, 2])("after %i orders is ended by the next, which erases what came since too", async (left) => {
      const [index, other] = [await committed([0, 1, 2], [1]), await committed([3, 4], [])];
      store.left = left;
      await expect(run([index, other])).rejects.toThrow("the store is gone");
      store.left = Number.POSITIVE_INFINITY;

      const { replaced } = await run([
        { ...index, erased: [1, 2] },
        { ...other, erased: [0] },
      ]);

      expect(replaced).toHaveLength(3);
      expect([2001, 2002, 2003].map((token) => store.holds(token))).toEqual([false, false, false]);
      expect(await placesOf(index)).toEqual([0]);
      expect(await placesOf(other)).toEqual([1]);
    });

    it.each([
      { ...subject, store: "http://other" },
      { ...subject, chainId: 1 },
    ])("is not ended at $store of chain $chainId", async (of) => {
      const index = await committed([0, 1, 2], [1]);
      store.left = 0;
      await expect(run([index])).rejects.toThrow("the store is gone");
      store.left = Number.POSITIVE_INFINITY;

      await expect(run([index], 1n, of)).rejects.toMatchObject({
        code: "plan_mismatch",
        message: expect.stringContaining("begun at http://store of chain 31337: end that first"),
      });
      expect(store.erased.size).toBe(0);
      expect((await run([index])).replaced).toHaveLength(1);
    });
  });
});
