import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchIndex, IndexFolder, publishIndex } from "@openledger/engine";
import { ContentErasedError, contentHash, decodeIndexFile, getHeld } from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type CommittedIndex, eraseFromIndexes } from "./eraseFromIndexes.js";

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
    return this.files.get(hash)!;
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
const run = (indexes: readonly CommittedIndex[]) =>
  eraseFromIndexes(indexes, { content: store, erase: store.erase, folder, signal: new AbortController().signal });

async function heldOf({ dataHash }: { readonly dataHash: Hex }) {
  const file = decodeIndexFile(await getHeld(store, dataHash));
  return fetchIndex(newFolder(), file, store);
}

beforeEach(() => {
  store = new Store();
  folder = newFolder();
});

describe("eraseFromIndexes", () => {
  it("puts an index of the same root without the records in each one's place, and leaves no file of theirs", async () => {
    const first = await publish(store, [0, 1, 2]);
    const second = await publish(store, [0, 1, 2, 3]);
    const untouched = await publish(store, [0, 2]);
    const indexes = [
      { name: "version 1", ...first, erased: [1] },
      { name: "version 2", ...second, erased: [1] },
      { name: "version 3", ...untouched, erased: [] },
    ];
    expect(store.holds(2001)).toBe(true);

    const { replaced, parts } = await run(indexes);

    expect(replaced.map(({ name, before }) => [name, before])).toEqual([
      ["version 1", first.dataHash],
      ["version 2", second.dataHash],
    ]);
    expect(parts).toBeGreaterThan(1);
    expect([store.holds(2001), store.holds(2000), store.holds(2003)]).toEqual([false, true, true]);
    for (const [index, erased] of [
      [first, 1],
      [second, 1],
      [untouched, 0],
    ] as const) {
      const held = await heldOf(index);
      expect([held.root, held.erasedRecords]).toEqual([index.root, erased]);
      held.close();
    }
    expect(existsSync(folder)).toBe(false);
  });

  it("does nothing twice, and goes on when more is erased", async () => {
    const index = await publish(store, [0, 1, 2]);
    await run([{ name: "version 1", ...index, erased: [1] }]);
    const files = [...store.files.keys()];
    expect(await run([{ name: "version 1", ...index, erased: [1] }])).toEqual({ replaced: [], parts: 0 });
    expect([...store.files.keys()]).toEqual(files);

    await run([{ name: "version 1", ...index, erased: [1, 2] }]);
    expect([store.holds(2001), store.holds(2002), store.holds(2000)]).toEqual([false, false, true]);
    const held = await heldOf(index);
    expect([held.root, held.erasedRecords]).toEqual([index.root, 2]);
    held.close();
  });

  it.each([0, 1, 2])("ends what was cut short after %i orders", async (left) => {
    const index = await publish(store, [0, 1, 2]);
    const indexes = [{ name: "version 1", ...index, erased: [1] }];
    store.left = left;
    await expect(run(indexes)).rejects.toThrow("the store is gone");
    store.left = Number.POSITIVE_INFINITY;

    const { replaced } = await run(indexes);

    expect(replaced).toHaveLength(1);
    expect(store.holds(2001)).toBe(false);
    (await heldOf(index)).close();
  });

  it("erases a file that two versions committed to once", async () => {
    const index = await publish(store, [0, 1, 2]);
    const one = { ...index, erased: [1] };
    const { replaced } = await run([
      { name: "version 1", ...one },
      { name: "version 2", ...one },
    ]);
    expect(replaced).toHaveLength(1);
  });

  it("refuses a file that is not the chain's, before anything is erased", async () => {
    const [index, other] = [await publish(store, [0, 1, 2]), await publish(store, [0, 1])];
    const before = [...store.files.keys()];
    await expect(run([{ name: "version 1", ...index, root: other.root, erased: [1] }])).rejects.toMatchObject({
      code: "index_mismatch",
      message: expect.stringContaining(`version 1: the chain has root ${other.root}`),
    });
    expect([...store.files.keys()]).toEqual(before);
  });
});
