import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeIndexFile, encodeIndexFile, FILE_PART_BYTES, type IndexFile } from "@openledger/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Random } from "../../train/random.js";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import type { Hex } from "../hex.js";
import { AttributionIndex } from "../kernel/AttributionIndex.js";
import { creditRecords } from "../kernel/creditRecords.js";
import { fetchIndex, indexFileBytes, indexFileRoot } from "./fetchIndex.js";
import { IndexFolder } from "./IndexFolder.js";
import { publishIndex } from "./publishIndex.js";

const BASE = { baseWeightsRoot: `0x${"11".repeat(32)}`, attributionHash: `0x${"22".repeat(32)}` } as const;
const RECORDS = 2900;
const TOKENS = 64;
const SMALL = 40;

const home = await mkdtemp(join(tmpdir(), "openledger-fetch-"));
afterAll(() => rm(home, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(home, `folder-${folders++}`);

/** A content store of files, which says what it was asked for. */
class Store {
  readonly asked: Hex[] = [];
  constructor(readonly folder: string) {}

  async put(bytes: Uint8Array): Promise<{ readonly hash: Hex }> {
    const hash = hashOf(bytes);
    await mkdir(this.folder, { recursive: true });
    await writeFile(join(this.folder, hash), bytes);
    return { hash };
  }

  async get(hash: Hex): Promise<Uint8Array> {
    this.asked.push(hash);
    return new Uint8Array(await readFile(join(this.folder, hash)));
  }
}

const hashOf = (bytes: Uint8Array): Hex => `0x${createHash("sha256").update(bytes).digest("hex")}`;

const random = new Random(5);
const rowOf = (tokens: number): PositionCodes => ({
  ids: Uint32Array.from({ length: tokens }, () => random.below(500)),
  surprises: Uint8Array.from({ length: tokens }, () => random.below(128)),
  codes: Uint8Array.from({ length: tokens * CODE_BYTES }, () => random.below(256)),
});
const rows = Array.from({ length: RECORDS }, () => rowOf(TOKENS));
const decoys = Array.from({ length: 20 }, () => rowOf(80));
const answer = { ...rowOf(40), passes: [{ at: 0, before: rowOf(7) }] };

const published = new Store(join(home, "store"));
let file: IndexFile;
let root: Hex;
/** An index of few records, which is looked through at once. */
let small: IndexFile;

async function publish(rows: readonly PositionCodes[], store: Store): Promise<{ root: Hex; file: IndexFile }> {
  const folder = await IndexFolder.open(newFolder(), BASE);
  await folder.append(rows);
  await folder.seal(decoys);
  await folder.close();
  const { root, dataHash } = await publishIndex(folder.path, store);
  return { root, file: decodeIndexFile(await store.get(dataHash)) };
}

beforeAll(async () => {
  ({ file, root } = await publish(rows, published));
  small = (await publish(rows.slice(0, SMALL), published)).file;
});

let path: string;
let store: Store;
beforeEach(() => {
  path = newFolder();
  store = new Store(published.folder);
});

const parts = () => [...file.segments, file.thresholds].flatMap((one) => one.parts);
const whole = () => readdir(path).then((names) => names.filter((name) => /\.(segment|thresholds)$/.test(name)));

/** The small index with another segment in place of its own. */
async function withSegment(bytes: Uint8Array): Promise<IndexFile> {
  const { hash } = await published.put(bytes);
  const segment = { records: SMALL, sha256: hash, byteLength: bytes.length, parts: [hash] };
  return decodeIndexFile(encodeIndexFile({ ...small, segments: [segment] }));
}

describe("an index that is fetched", () => {
  test("is the one that was published, part by part, and credits as the one in memory does", async () => {
    expect(file.segments[0]!.parts).toHaveLength(2);
    expect(indexFileRoot(file)).toBe(root);
    expect(indexFileBytes(file)).toBeGreaterThan(FILE_PART_BYTES);
    const inMemory = AttributionIndex.of({ rows, ...BASE }, decoys);

    const index = await fetchIndex(path, file, store);

    expect(store.asked).toEqual(parts());
    expect(index.root).toBe(inMemory.root);
    expect(index.root).toBe(root);
    const credits = creditRecords([index], answer);
    expect(credits).toEqual(creditRecords([inMemory], answer));
    expect(credits.credits[0]!.size).toBeGreaterThan(0);
    index.close();
  });

  test("is asked for once, and checked by its files' hashes afterwards", async () => {
    (await fetchIndex(path, file, store)).close();
    const manifest = await stat(join(path, "index.json"));
    const again = await fetchIndex(path, file, store);

    expect(again.root).toBe(root);
    expect(store.asked).toHaveLength(parts().length);
    // it is written behind each check of the roots
    expect((await stat(join(path, "index.json"))).mtimeMs).toBe(manifest.mtimeMs);
    again.close();
  });

  test("heals what the disk has altered: the part alone is asked for", async () => {
    (await fetchIndex(path, file, store)).close();
    const [name] = (await whole()).filter((name) => name.endsWith(".segment"));
    const bytes = await readFile(join(path, name!));
    bytes[FILE_PART_BYTES + 5]! ^= 1;
    await writeFile(join(path, name!), bytes);
    store.asked.length = 0;

    (await fetchIndex(path, file, store)).close();

    expect(store.asked).toEqual([file.segments[0]!.parts[1]]);
    expect(hashOf(await readFile(join(path, name!)))).toBe(file.segments[0]!.sha256);
  });

  test("goes on where its process was killed", async () => {
    const child = fetchElsewhere(`
      const get = (hash) => asked++ === 1 ? process.kill(process.pid, "SIGKILL") : read(hash);`);
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
    expect(await whole()).toEqual([]);

    const index = await fetchIndex(path, file, store);

    expect(store.asked).toEqual(parts().slice(1));
    expect(index.root).toBe(root);
    index.close();
  });

  test("leaves nothing that counts as whole when it cannot be written", async () => {
    // the shell's limit of a file's size is met within the segment's second part
    const blocks = (FILE_PART_BYTES + 2 ** 16) / 512;
    const child = fetchElsewhere("const get = read;", `ulimit -f ${blocks}; exec "$0" "$@"`);
    const told: string[] = [];
    child.stderr!.setEncoding("utf8").on("data", (text: string) => told.push(text));
    expect((await once(child, "close"))[0]).toBe(1);
    expect(told.join("")).toContain("EFBIG");
    expect(await whole()).toEqual([]);
    expect(await readdir(path)).not.toContain("index.json");
    expect(await readdir(path)).not.toContain("refused.txt");

    (await fetchIndex(path, file, store)).close();
    expect(store.asked).toEqual(parts().slice(1));
  });

  test("stops when it is told to, and goes on later", async () => {
    const reason = new Error("the node stops");
    const stopping = new AbortController();
    const slow = {
      get: async (hash: Hex) => {
        if (store.asked.length === 1) stopping.abort(reason);
        return store.get(hash);
      },
    };
    await expect(fetchIndex(path, file, slow, { signal: stopping.signal })).rejects.toBe(reason);
    expect(await readdir(path)).not.toContain("lock");
    (await fetchIndex(path, file, store)).close();
    expect(store.asked).toHaveLength(parts().length);
  });

  test("is nobody's while another process fetches it", async () => {
    let second: Promise<unknown> | undefined;
    const first = fetchIndex(path, file, {
      get: async (hash) => {
        second ??= fetchIndex(path, file, store).catch((error: unknown) => error);
        await second;
        return store.get(hash);
      },
    });
    (await first).close();
    expect(await second).toMatchObject({ code: "index_locked", retryable: true });
  });
});

describe("what an index file lists", () => {
  test("is refused part by part, and asked for again when it was another file", async () => {
    const poisoned = { get: async (hash: Hex) => (await store.get(hash)).fill(1, 9, 10) };
    await expect(fetchIndex(path, file, poisoned)).rejects.toMatchObject({ code: "content_mismatch" });
    expect(await whole()).toEqual([]);
    (await fetchIndex(path, file, store)).close();
  });

  test("is refused when its parts are of other sizes", async () => {
    const segment = file.segments[0]!;
    const other = { ...file, segments: [{ ...segment, parts: [segment.parts[0]!, segment.parts[0]!] }] };
    await expectRefused(other, /expected part 1, 0x[0-9a-f]{64}, to have \d+ bytes, found 4194304/);
  });

  test("is refused when its parts make another file", async () => {
    const segment = { ...file.segments[0]!, sha256: `0x${"ab".repeat(32)}` } as const;
    await expectRefused({ ...file, segments: [segment] }, /abab\.segment: its parts make a file that hashes to/);
  });

  test.each(["recordsRoot", "postingsRoot"] as const)("is refused for another %s, which is named", async (name) => {
    await expectRefused({ ...small, [name]: `0x${"cd".repeat(32)}` }, `the index file claims ${name} 0xcdcd`);
  });

  test.each([
    ["of another value", (bytes: Uint8Array) => bytes.fill(bytes[0]! ^ 2, 0, 1), "the index file claims postingsRoot"],
    [
      "of a value beyond all",
      (bytes: Uint8Array) => bytes.fill(0x40, 1, 2),
      "expected thresholds from 0 to 126, found 16",
    ],
    ["of too few tokens", (bytes: Uint8Array) => bytes.subarray(2), /expected a threshold for each of \d+ tokens/],
  ])("is refused for thresholds %s", async (_, change, why) => {
    const bytes = change(await published.get(small.thresholds.sha256));
    const { hash } = await published.put(bytes);
    const thresholds = { sha256: hash, byteLength: bytes.length, parts: [hash] };
    await expectRefused({ ...small, thresholds }, why);
  });

  test("is refused for other counts", async () => {
    const segment = { ...small.segments[0]!, records: SMALL - 1 };
    await expectRefused({ ...small, segments: [segment] }, `expected ${SMALL - 1} records, found ${SMALL}`);
  });

  test("is refused for a segment with a changed byte, wherever it stands", async () => {
    const bytes = await published.get(small.segments[0]!.sha256);
    for (let at = 0; at < bytes.length; at += 1009) {
      path = newFolder();
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1;
      await expectRefused(await withSegment(changed), /./, `byte ${at}`);
    }
  });

  test("is refused when lists and records tell of different positions", async () => {
    // two postings of one token, the second a copy of the first
    const bytes = await published.get(small.segments[0]!.sha256);
    const marksAt = 32 + CODE_BYTES * SMALL * TOKENS;
    bytes.copyWithin(marksAt + 4, marksAt, marksAt + 4);
    await expectRefused(await withSegment(bytes), /expected ascending places of token 0/);
  });
});

/** That it is refused, for a reason that is kept, with nothing left of it, and that nothing is fetched the second time. */
async function expectRefused(listed: IndexFile, why: string | RegExp, name?: string): Promise<void> {
  const refused = await fetchIndex(path, listed, store).catch((error: Error) => error);
  expect((refused as Error).message, name).toMatch(why);
  expect(refused, name).toMatchObject({ name: "AttributionError", retryable: false });
  expect(await readdir(path), name).toEqual(["refused.txt"]);
  store.asked.length = 0;
  await expect(fetchIndex(path, listed, store)).rejects.toThrow(`remove ${path} to fetch the index again`);
  expect(store.asked, name).toEqual([]);
}

/** Fetches in a process of its own, by the shell's line where one is given. */
function fetchElsewhere(get: string, shell?: string) {
  const module = new URL("./fetchIndex.js", import.meta.url).href;
  const program = `
    import { readFile } from "node:fs/promises";
    const { fetchIndex } = await import(${JSON.stringify(module)});
    let asked = 0;
    const read = async (hash) => new Uint8Array(await readFile(${JSON.stringify(`${published.folder}/`)} + hash));
    ${get}
    await fetchIndex(${JSON.stringify(path)}, ${JSON.stringify(file)}, { get });`;
  const line = [process.execPath, "--input-type=module", "--eval", program];
  const [command, ...rest] = shell === undefined ? line : ["/bin/sh", "-c", shell, ...line];
  return spawn(command!, rest, { stdio: ["ignore", "inherit", shell === undefined ? "inherit" : "pipe"] });
}
