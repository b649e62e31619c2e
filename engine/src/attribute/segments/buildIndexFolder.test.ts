import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { buildIndex } from "../kernel/buildIndex.js";
import { countingBase } from "../testing/countingBase.js";
import { appendRecords } from "./appendRecords.js";
import { buildIndexFolder } from "./buildIndexFolder.js";
import type { EarlierIndex } from "./EarlierRows.js";
import { IndexFolder } from "./IndexFolder.js";
import { readBuilt } from "./openBuiltIndex.js";
import { SegmentLayout } from "./SegmentLayout.js";

const home = await mkdtemp(join(tmpdir(), "openledger-build-"));
afterAll(() => rm(home, { recursive: true, force: true }));

let folders = 0;
const newFolder = () => join(home, `${folders++}`);

describe("building an index into a folder", () => {
  const records = Array.from({ length: 300 }, (_, i) => ({ ids: [i % 7, 1, i % 11] }));

  test("gives the index that is built in memory", async () => {
    const { runtime } = countingBase();
    const progress: number[] = [];
    const options = { onProgress: (done: number) => progress.push(done) };
    const index = await buildIndexFolder(runtime, records, join(home, "whole"), options);
    expect(index.root).toBe((await buildIndex(runtime, records)).root);
    expect(progress.at(-1)).toBe(300);
    index.close();
  });

  test("goes on where it was cut short, and takes what another version had", async () => {
    const { runtime, takePasses } = countingBase();
    const whole = await buildIndex(runtime, records);
    const path = join(home, "cut");
    const failing = {
      ...runtime,
      codes: async (ids: readonly number[]) => {
        if (ids === records[200]!.ids) throw new Error("killed");
        return runtime.codes(ids);
      },
    };
    await expect(buildIndexFolder(failing, records, path)).rejects.toThrow("killed");
    takePasses();

    const index = await buildIndexFolder(runtime, records, path);
    // 128 of 300 were written, and the decoy is one pass
    expect(takePasses()).toBe(300 - 128 + 1);
    expect(index.root).toBe(whole.root);
    index.close();

    const more = [...records, { ids: [5] }];
    const next = await buildIndexFolder(runtime, more, path);
    expect(takePasses()).toBe(1 + 1);
    expect(next.root).toBe((await buildIndex(runtime, more)).root);
    next.close();
  });

  test("refuses a record that is too long before anything is written", async () => {
    const { runtime } = countingBase();
    const path = join(home, "long");
    const long = [{ ids: [1] }, { ids: new Array(257).fill(1) }];
    await expect(buildIndexFolder(runtime, long, path)).rejects.toThrow(/record 1 has 257 tokens/);
    await expect(readdir(path)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("building an index where one of an earlier version is", () => {
  const OF_BASE = { baseWeightsRoot: `0x${"11".repeat(32)}`, attributionHash: `0x${"22".repeat(32)}` } as const;
  type Tokens = readonly number[];

  /** A folder whose segments hold these numbers of records, or fewer segments where short ones are joined. */
  async function builtOf(records: readonly Tokens[], parts: readonly number[], isSealed = true, base = OF_BASE) {
    const { runtime } = countingBase();
    const folder = await IndexFolder.open(newFolder(), base);
    const rows = await Promise.all(records.map((ids) => runtime.codes(ids)));
    for (const count of parts) await folder.append(rows.splice(0, count));
    await folder.append(rows);
    if (isSealed) await folder.seal((await runtime.attribution()).base.decoys);
    await folder.close();
    return folder.path;
  }

  /** Builds an index with an earlier one at hand; says how often the base was asked, and what was told of damage. */
  async function buildWith(records: readonly Tokens[], earlier: EarlierIndex, path = newFolder()) {
    const { runtime, takePasses } = countingBase();
    const found: string[] = [];
    const onDamage = (error: unknown) => found.push((error as Error).message);
    const tokens = records.map((ids) => ({ ids }));
    const index = await buildIndexFolder(runtime, tokens, path, { earlier: async () => [{ ...earlier, onDamage }] });
    index.close();
    // one pass is the decoy's
    const passes = takePasses() - 1;
    expect(index.root).toBe((await buildIndex(runtime, tokens)).root);
    return { passes, found, path };
  }

  const same = (place: number) => place;
  const segmentsOf = async (path: string) => (await readdir(path)).filter((name) => name.endsWith(".segment"));

  test("asks the base for what is new, whatever was added, taken away and changed, to the root of a build from nothing", async () => {
    // what is new has other tokens than what was
    const tokens = (min: number) => fc.array(fc.integer({ min, max: min + 5 }), { maxLength: 4 });
    const edits = fc.constantFrom("keep", "keep", "keep", "drop", "change", "insert");
    const before = fc.array(fc.record({ old: tokens(0), edit: edits, other: tokens(6) }), { maxLength: 40 });
    const parts = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(before, fc.array(tokens(6), { maxLength: 5 }), parts, fc.boolean(), async (...drawn) => {
        const [before, added, parts, isSealed] = drawn;
        const records: Tokens[] = [];
        const places: (number | undefined)[] = [];
        const put = (ids: Tokens, place?: number) => {
          records.push(ids);
          places.push(place);
        };
        for (const [place, { old, edit, other }] of before.entries()) {
          if (edit === "insert") put(other);
          if (edit !== "drop") put(edit === "change" ? other : old, place);
        }
        for (const ids of added) put(ids);
        const old = before.map(({ old }) => old);
        const path = await builtOf(old, parts, isSealed);

        const { passes, found } = await buildWith(records, { path, placeOf: (record) => places[record] });

        const isNew = (ids: Tokens, record: number) =>
          ids.length > 0 && `${ids}` !== `${places[record] === undefined ? [] : old[places[record]]}`;
        expect([passes, found]).toEqual([records.filter(isNew).length, []]);
      }),
      { numRuns: 60 },
    );
  });

  test("takes no row for another's, wherever it is told that a record stood", async () => {
    const old = Array.from({ length: 12 }, (_, i) => [i % 4, i % 3]);
    const path = await builtOf(old, [5, 4]);
    const place = fc.option(fc.integer({ min: -2, max: 14 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 14, maxLength: 14 }), async (places) => {
        const records = [[9], ...old, [7, 7]];
        await buildWith(records, { path, placeOf: (record) => places[record] });
      }),
      { numRuns: 20 },
    );
  });

  const OLD = Array.from({ length: 30 }, (_, i) => [i, 1, i % 5]);
  const longer = [...OLD, [50], [51]];

  test("names the same files where nothing stands before them, which outlive the earlier folder", async () => {
    const earlier = await builtOf(OLD, [20]);
    const { path, passes } = await buildWith(longer, { path: earlier, placeOf: () => undefined });

    expect(passes).toBe(2);
    const common = await segmentsOf(earlier);
    expect(common).toHaveLength(2);
    for (const name of common) expect((await stat(join(path, name))).ino).toBe((await stat(join(earlier, name))).ino);

    await rm(earlier, { recursive: true });
    const again = await buildWith(longer, { path: earlier, placeOf: same }, path);
    expect([again.passes, again.found]).toEqual([0, []]);
  });

  test("takes nothing of a file that the disk altered, whether it would be named or read, and says which", async () => {
    const earlier = await builtOf(OLD, [20]);
    for (const name of await segmentsOf(earlier)) {
      const file = join(earlier, name);
      const bytes = await readFile(file);
      const isFirst = bytes.length === Math.max(...(await sizesIn(earlier)));
      // a code: nothing but the hash tells
      const changed = Uint8Array.from(bytes);
      changed[bytes.length >> 1]! ^= 1;
      await writeFile(file, changed);
      for (const shift of [0, 1]) {
        const records = [...(shift === 0 ? [] : [[60]]), ...longer];
        const placeOf = (record: number) => record - shift;
        const { passes, found, path } = await buildWith(records, { path: earlier, placeOf });

        expect(passes).toBe(2 + shift + (isFirst ? 20 : 10));
        expect(found).toEqual([expect.stringContaining(name)]);
        expect(await segmentsOf(path)).not.toContain(name);
      }
      await writeFile(file, bytes);
    }
    await writeFile(join(earlier, "index.json"), "{");
    const { passes, found } = await buildWith(longer, { path: earlier, placeOf: same });
    expect([passes, found]).toEqual([32, [expect.stringContaining("index.json")]]);
  });

  test("takes nothing of a segment that is listed with another number of records, or whose own numbers are wrong", async () => {
    const earlier = await builtOf(OLD, [20]);
    const manifest = join(earlier, "index.json");
    const whole = await readFile(manifest, "utf8");
    await writeFile(manifest, whole.replace('"records": 20', '"records": 19'));
    const listed = await buildWith(longer, { path: earlier, placeOf: same });
    expect([listed.passes, listed.found]).toEqual([32, [expect.stringContaining("expected 19 records, found 20")]]);

    // its name is that of its contents, which are no segment's
    const { segments } = JSON.parse(whole) as { segments: { sha256: string; records: number }[] };
    const { sha256 } = segments.find(({ records }) => records === 20)!;
    const bytes = Uint8Array.from(await readFile(join(earlier, `${sha256}.segment`)));
    const { marksAt, targetsAt } = SegmentLayout.parse(bytes.subarray(0, SegmentLayout.headerBytes), sha256);
    bytes.fill(0xff, marksAt, targetsAt);
    const renamed = createHash("sha256").update(bytes).digest("hex");
    await writeFile(join(earlier, `${renamed}.segment`), bytes);
    await writeFile(manifest, whole.replace(sha256, renamed));
    const records = [[60], ...longer];
    const { passes, found } = await buildWith(records, { path: earlier, placeOf: (record) => record - 1 });
    expect([passes, found]).toEqual([3 + 20, [expect.stringContaining(renamed)]]);
  });

  const sizesIn = async (path: string) =>
    Promise.all((await segmentsOf(path)).map(async (name) => (await stat(join(path, name))).size));

  test("takes nothing of another base, of a folder that is not there, or of files that were joined meanwhile", async () => {
    const other = await builtOf(OLD, [20], true, { ...OF_BASE, attributionHash: OF_BASE.baseWeightsRoot });
    const joined = await builtOf(OLD, [20]);
    for (const name of await segmentsOf(joined)) await rm(join(joined, name));

    for (const path of [other, newFolder(), joined]) {
      const { passes, found } = await buildWith(longer, { path, placeOf: same });
      expect([passes, found]).toEqual([32, []]);
    }
  });

  test("takes rows of several, and of records that were appended ahead until a signal came", async () => {
    const { runtime, takePasses } = countingBase();
    const [path, ahead] = [await builtOf(OLD, []), newFolder()];
    const behind = [...Array.from({ length: 140 }, (_, i) => [70, i]), [], [71]];
    const stopping = new AbortController();
    const stopped = {
      ...runtime,
      codes: async (ids: Tokens) => {
        if (ids === behind[135]) stopping.abort(new Error("the node stops"));
        stopping.signal.throwIfAborted();
        return runtime.codes(ids);
      },
    };
    await expect(appendRecords(stopped, behind, ahead, stopping.signal)).rejects.toThrow("the node stops");
    expect((await readBuilt(ahead))!.recordCount).toBe(135);
    takePasses();
    await appendRecords(runtime, behind.slice(135), ahead, new AbortController().signal);
    expect([takePasses(), await readBuilt(ahead)]).toEqual([7, { recordCount: 142, isSealed: false }]);

    const records = [...OLD, [50], ...behind].map((ids) => ({ ids }));
    const earlier = async () => [
      { path, placeOf: (record: number) => (record < 30 ? record : undefined) },
      { path: ahead, placeOf: (record: number) => (record < 31 ? undefined : record - 31) },
    ];
    const index = await buildIndexFolder(runtime, records, newFolder(), { earlier });
    index.close();
    expect(takePasses()).toBe(1 + 1);
    expect(index.root).toBe((await buildIndex(runtime, records)).root);
  });

  test("is not asked for once all records are there, and goes on where a build with one was cut short", async () => {
    const { runtime, takePasses } = countingBase();
    const many = Array.from({ length: 300 }, (_, i) => [i, 1]);
    const path = await builtOf(many, []);
    const records = [[400], ...many, [401]].map((ids) => ({ ids }));
    const target = newFolder();
    const stopping = new AbortController();
    const placeOf = (record: number) => {
      if (record === 250) stopping.abort(new Error("the node stops"));
      return record - 1;
    };
    const stopped = buildIndexFolder(runtime, records, target, {
      signal: stopping.signal,
      earlier: async () => [{ path, placeOf }],
    });
    await expect(stopped).rejects.toThrow("the node stops");
    takePasses();

    const asked: number[] = [];
    const earlier = async () => [{ path, placeOf: (record: number) => asked.push(record) && record - 1 }];
    const whole = await buildIndexFolder(runtime, records, target, { earlier });
    whole.close();
    expect([takePasses(), asked[0]]).toEqual([1 + 1, 128]);
    expect(whole.root).toBe((await buildIndex(runtime, records)).root);

    const never = async () => expect.fail("all records are there");
    (await buildIndexFolder(runtime, records, target, { earlier: never })).close();
  });
});

describe("building an index in a process that is killed", () => {
  const records = Array.from({ length: 300 }, (_, i) => ({ ids: [i, 1, i % 11] }));
  const EARLIER = 200;
  const writtenIn = async (path: string) => (await readBuilt(path))?.recordCount ?? 0;

  /** Until SIGKILL, which `moment` has it send itself: the program's text, with `kill` and what it is called at. */
  async function buildUntilKilled(path: string, moment: string, earlier?: string): Promise<void> {
    const of = (module: string) => JSON.stringify(new URL(module, import.meta.url).href);
    const program = `
      import { readdirSync } from "node:fs";
      const { buildIndexFolder } = await import(${of("./buildIndexFolder.js")});
      const { countingBase } = await import(${of("../testing/countingBase.js")});
      const [path, earlier] = ${JSON.stringify([path, earlier ?? null])};
      const { runtime } = countingBase();
      const kill = () => process.kill(process.pid, "SIGKILL");
      const atFile = (ending) => {
        let names = [];
        try { names = readdirSync(path); } catch {}
        if (names.some((name) => name.endsWith(ending)) && !names.includes("index.json")) kill();
        setImmediate(() => atFile(ending));
      };
      let [atPass, onProgress] = [() => {}, () => {}];
      ${moment}
      let passes = 0;
      const codes = async (ids) => { atPass(++passes); return runtime.codes(ids); };
      await buildIndexFolder({ ...runtime, codes }, ${JSON.stringify(records)}, path, {
        onProgress,
        earlier: async () => earlier === null ? [] : [{ path: earlier, placeOf: (record) => record }],
      });`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" });
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
  }

  test.each([
    ["in a pass of the base", "atPass = (pass) => pass === 200 && kill();", 128],
    ["while it writes a segment", 'atFile(".partial");', 0],
    ["before it lists a segment", 'atFile(".segment");', 0],
    ["while it is sealed", "onProgress = (done) => done === 300 && setImmediate(kill);", 300],
  ])("goes on to the root of a build from nothing: %s", async (_, moment, written) => {
    const path = newFolder();
    await buildUntilKilled(path, moment);
    expect(await writtenIn(path)).toBe(written);
    const { runtime, takePasses } = countingBase();

    const index = await buildIndexFolder(runtime, records, path);
    index.close();

    // the decoy is one pass
    expect(takePasses()).toBe(300 - written + 1);
    expect(index.root).toBe((await buildIndex(runtime, records)).root);
    const listed = JSON.parse(await readFile(join(path, "index.json"), "utf8")).segments as { sha256: string }[];
    const files = (await readdir(path)).filter((name) => !/^(index\.json|.*\.thresholds)$/.test(name));
    expect(files.sort()).toEqual(listed.map(({ sha256 }) => `${sha256}.segment`).sort());
  });

  test.each([
    ["before it lists an earlier index's segment", 'atFile(".segment");', 0],
    ["in a pass of the base behind it", "atPass = (pass) => pass === 99 && kill();", EARLIER],
  ])("goes on to the same root with an earlier index: %s", async (_, moment, written) => {
    const { runtime, takePasses } = countingBase();
    const [path, earlier] = [newFolder(), newFolder()];
    (await buildIndexFolder(runtime, records.slice(0, EARLIER), earlier)).close();
    await buildUntilKilled(path, moment, earlier);
    expect(await writtenIn(path)).toBe(written);
    takePasses();

    const index = await buildIndexFolder(runtime, records, path, {
      earlier: async () => [{ path: earlier, placeOf: (record) => record }],
    });
    index.close();

    expect(takePasses()).toBe(300 - EARLIER + 1);
    expect(index.root).toBe((await buildIndex(runtime, records)).root);
  });
});
