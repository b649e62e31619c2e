import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFiles } from "../testing/openFiles.js";
import { type Copy, CopySearch } from "./CopySearch.js";
import { shingleHashes } from "./shingles.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const HEADER = "Copyright of nobody. Permission is granted to copy this, to change it and to sell it.";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-copies-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** So many letters, of its own for each seed. */
function written(seed: number, length = 120): string {
  let state = Math.imul(seed, 2654435761) + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return "etaoin shrdlu"[(state >>> 16) % 13];
  }).join("");
}

/** What is searched: the rules alone, over strings. ASCII, so that a letter is a byte. */
class PlainSearch {
  readonly #texts: string[] = [];
  readonly #samples: Set<number>[] = [];

  add(text: string): void {
    this.#texts.push(text);
    this.#samples.push(new Set(sampleOf(text)));
  }

  find(text: string): Copy | undefined {
    const shared = new Array<number>(this.#texts.length).fill(0);
    const sample = sampleOf(text);
    for (const hash of sample) {
      const holders = [...this.#texts.keys()].filter((record) => this.#samples[record]!.has(hash));
      for (const record of holders.slice(0, 64)) shared[record]!++;
    }
    const shingles = [
      ...new Set(Array.from({ length: Math.max(0, text.length - 9) }, (_, at) => text.slice(at, at + 10))),
    ];
    let best: Copy | undefined;
    for (const [record, count] of shared.entries()) {
      if (count === 0 || count < sample.length / 4) continue;
      const pairs = shingles
        .filter((shingle) => this.#texts[record]!.includes(shingle))
        .map((shingle) => [text.indexOf(shingle), this.#texts[record]!.indexOf(shingle)] as const);
      const containment = pairs.length / shingles.length;
      if (containment >= 0.5 && containment > (best?.containment ?? 0)) best = { record, containment, shared: pairs };
    }
    return best;
  }
}

function sampleOf(text: string): number[] {
  const hashes = shingleHashes(bytes(text));
  const sampled = hashes.filter((hash) => hash % 4 === 0);
  return [...new Set(sampled.length < 4 ? hashes : sampled)];
}

/** How a record comes about: written anew, or of an earlier one. */
const step = fc.record({
  kind: fc.constantFrom("new", "headed", "headed", "repeated", "edited", "quoted", "short"),
  of: fc.nat(),
  seed: fc.nat({ max: 1e6 }),
});

function textOf({ kind, of, seed }: typeof step extends fc.Arbitrary<infer T> ? T : never, earlier: string[]): string {
  const source = earlier[of % Math.max(1, earlier.length)] ?? HEADER;
  if (kind === "headed") return `${HEADER} ${written(seed, 40 + (seed % 90))}`;
  if (kind === "repeated") return source;
  if (kind === "edited") return source.replace(/(.{23})./g, "$1#");
  if (kind === "quoted") return `${written(seed, 60)}${source.slice(seed % 40, 150)}`;
  return written(seed, kind === "short" ? seed % 14 : 150);
}

describe("CopySearch beyond its memory", () => {
  it("finds what the rules alone find, whatever was spilled", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 90, maxLength: 160 }),
        fc.integer({ min: 0, max: 40_000 }),
        (steps, memory) => {
          const search = new CopySearch({ folder, memory });
          const plain = new PlainSearch();
          const texts: string[] = [];
          try {
            for (const one of steps) {
              const text = textOf(one, texts);
              expect(search.find(bytes(text))).toEqual(plain.find(text));
              search.add(bytes(text));
              plain.add(text);
              texts.push(text);
            }
            expect(texts.map((_, record) => search.text(record))).toEqual(texts.map(bytes));
          } finally {
            search.close();
          }
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it("keeps of a hash the first 64 records, wherever they lie", () => {
    const search = new CopySearch({ folder, memory: 3000 });
    const plain = new PlainSearch();
    for (let seed = 0; seed < 200; seed++) {
      const text = `${HEADER} ${written(seed, 20)}`;
      search.add(bytes(text));
      plain.add(text);
    }

    // a record beyond the 64 is found by the little that it alone has, if that is a quarter
    for (const text of [HEADER, ...[0, 63, 64, 199].map((seed) => `${HEADER} ${written(seed, 20)}`)]) {
      expect(search.find(bytes(text))).toEqual(plain.find(text));
    }
    expect(search.find(bytes(HEADER))).toMatchObject({ record: 0, containment: 1 });
    search.close();
  });

  it("holds few records in memory alone, and of more no more than it may", () => {
    const search = new CopySearch({ folder, memory: 50_000 });
    search.add(bytes(written(1)));
    expect(search.bytesOnDisk).toBe(0);

    let all = 0;
    for (let seed = 2; seed <= 2000; seed++) {
      const text = written(seed, 200);
      search.add(bytes(text));
      all += text.length + 8 * sampleOf(text).length;
    }

    expect(search.bytesOnDisk).toBeGreaterThan(all - 50_000);
    expect(search.bytesOnDisk).toBeLessThan(all);
    search.close();
  });

  it("leaves no name on disk while it is used, and no open file once it is closed", () => {
    const before = openFiles();
    const search = new CopySearch({ folder, memory: 5000 });
    for (let seed = 1; seed <= 600; seed++) search.add(bytes(written(seed)));

    expect(search.bytesOnDisk).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
    // one of texts, and of some 80 runs those that were not merged
    expect(openFiles() - before).toBeGreaterThan(1);
    expect(openFiles() - before).toBeLessThan(7);
    search.close();
    search.close();

    expect(openFiles()).toBe(before);
    expect(() => search.find(bytes(written(7)))).toThrow(/after it was closed/);
  });

  it.each([
    ["texts", 120],
    ["hashes", 16],
  ])("is as it was where there is no place for %s on disk, and goes on once there is", (_, length) => {
    const inTheWay = join(folder, "file");
    writeFileSync(inTheWay, "");
    const search = new CopySearch({ folder: join(inTheWay, "scratch"), memory: 8000 });
    const texts = Array.from({ length: 200 }, (_, seed) => written(seed, length));
    let added = 0;
    expect(() => {
      for (; added < texts.length; added++) search.add(bytes(texts[added]!));
    }).toThrow(/ENOTDIR/);
    expect(() => search.add(bytes(texts[added]!))).toThrow(/ENOTDIR/);

    const found = () => texts.map((text) => search.find(bytes(text))?.record);
    expect(search.count).toBe(added);
    expect(found()).toEqual(texts.map((_, at) => (at < added ? at : undefined)));
    rmSync(inTheWay);
    for (; added < texts.length; added++) search.add(bytes(texts[added]!));

    expect(found()).toEqual(texts.map((_, at) => at));
    search.close();
  });

  it("believes nothing that a full disk cut short", () => {
    // a file that grows over the limit is cut short, as it is on a full disk
    const script = `
      const { CopySearch } = await import(${JSON.stringify(new URL("./CopySearch.js", import.meta.url).href)});
      ${written}
      const search = new CopySearch({ folder: ${JSON.stringify(folder)}, memory: 8000 });
      const codes = {}, bytes = (seed) => new TextEncoder().encode(written(seed));
      for (let seed = 0; seed < 300; ) {
        try { search.add(bytes(seed)); seed++; }
        catch ({ code }) { codes[code] = (codes[code] ?? 0) + 1; if (codes[code] > 1000) break; }
      }
      const wrong = [];
      for (let seed = 0; seed < 400; seed++) {
        const found = search.find(bytes(seed))?.record;
        if (found !== (seed < search.count ? seed : undefined)) wrong.push([seed, found]);
      }
      console.log(JSON.stringify({ codes: Object.keys(codes), count: search.count, wrong }));`;
    const limited = ["-c", 'ulimit -f 24 && exec "$0" "$@"', process.execPath, "--input-type=module", "-e", script];
    const printed = execFileSync("sh", limited, {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      encoding: "utf8",
    });

    const { codes, count, wrong } = JSON.parse(printed);
    expect(codes).toEqual(["EFBIG"]);
    expect(count).toBeGreaterThan(60);
    expect(wrong).toEqual([]);
  });
});
