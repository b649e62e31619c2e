import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { domainHash, leafHash, merkleRoot, verifyMerkleProof } from "@openledger/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { initialAdapter, initialWeights } from "../../train/initial-weights.js";
import { AttributionError } from "../errors.js";
import { buildSketches } from "./buildSketches.js";
import { fitGradientBasis } from "./fitGradientBasis.js";
import { GradientSketches } from "./GradientSketches.js";
import { gradientQuery, scoreSketches } from "./scoreSketches.js";
import type { SketchKind } from "./sketch.js";
import { sketchesRoot } from "./sketchesRoot.js";
import { TextGradients } from "./TextGradients.js";
import { RECORDS, SUBJECT, smallArchitecture, TestGradients } from "./testGradients.js";

const basis = await fitGradientBasis(new TestGradients(), RECORDS, SUBJECT);
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-sketches-"));
  path = join(folder, "sketches.bin");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const build = async (
  records: readonly (readonly number[])[] = RECORDS,
  { kind = "int8" as SketchKind, source = new TestGradients(), to = path, ...options } = {},
) => {
  const sketches = await buildSketches(to, source, basis, records, { kind, ...options });
  await sketches.close();
  return sketches.root;
};

/** Aborts a build once so many records have been written. */
const buildUntil = async (count: number) => {
  const stop = new AbortController();
  const onProgress = (done: number) => {
    if (done === count) stop.abort(new Error("killed"));
  };
  await expect(build(RECORDS, { onProgress, signal: stop.signal } as object)).rejects.toThrow("killed");
};

describe.each(["1-bit", "int8"] as const)("buildSketches, %s", (kind) => {
  it("binds each record's row, which a proof opens", async () => {
    const sketches = await buildSketches(path, new TestGradients(), basis, RECORDS, { kind });
    const { recordsRoot, root, recordCount: records, sizes, basisRoot } = sketches;
    expect(sketchesRoot({ kind, records, basisRoot, sizes }, recordsRoot)).toBe(root);
    for (const record of [0, 7, 19]) {
      const leaf = leafHash(domainHash("GradientSketch"), await sketches.payload(record));
      expect(verifyMerkleProof(domainHash("GradientSketch"), recordsRoot, leaf, sketches.proof(record))).toBe(true);
      const other = leafHash(domainHash("GradientSketch"), await sketches.payload((record + 1) % 20));
      expect(verifyMerkleProof(domainHash("GradientSketch"), recordsRoot, other, sketches.proof(record))).toBe(false);
    }
    await expect(sketches.payload(20)).rejects.toMatchObject({ code: "invalid_request" });
    expect(() => sketches.proof(-1)).toThrow(expect.objectContaining({ code: "invalid_request" }));
    await sketches.close();
  });

  it("has zeros of no tokens, which score nothing for any text", async () => {
    const records = [RECORDS[0]!, [], RECORDS[1]!];
    const source = new TestGradients();
    const sketches = await buildSketches(path, source, basis, records, { kind });
    const { factors, values } = await sketches.sketch(1);
    const scores: bigint[] = [];
    await scoreSketches([await gradientQuery(source, basis, [9, 9])], sketches, (_, [score]) => {
      scores.push(score!);
    });
    await sketches.close();

    expect([...factors, ...values].every((value) => value === 0)).toBe(true);
    expect(scores.map((score) => score === 0n)).toEqual([false, true, false]);
  });

  it("has equal sketches of equal records", async () => {
    const sketches = await buildSketches(path, new TestGradients(), basis, Array(3).fill([1, 2]), { kind });
    const rows = [];
    for await (const { values, factors } of sketches.rows()) rows.push({ values, factors });
    await sketches.close();
    expect(rows[1]).toEqual(rows[0]);
    expect(rows[2]).toEqual(rows[0]);
  });
});

describe("buildSketches", () => {
  it("goes on where it was killed, with the same root", async () => {
    const whole = await build(RECORDS, { to: join(folder, "whole.bin") });
    await buildUntil(12);
    const source = new TestGradients();

    expect(await build(RECORDS, { source })).toBe(whole);
    expect(source.asked).toBe(8);
    expect((await readdir(folder)).sort()).toEqual(["sketches.bin", "whole.bin"]);
    expect(await readFile(path)).toEqual(await readFile(join(folder, "whole.bin")));
  });

  it("takes half a row, and a row that is not what was written, as not written", async () => {
    const whole = await build(RECORDS, { to: join(folder, "whole.bin") });
    await buildUntil(12);
    const part = `${path}.part`;
    const { length } = await readFile(part);
    await truncate(part, length - 5);
    const torn = new TestGradients();
    await copyFile(part, `${path}.kept`);
    expect(await build(RECORDS, { source: torn })).toBe(whole);
    expect(torn.asked).toBe(9);

    await rm(path);
    const bytes = await readFile(`${path}.kept`);
    bytes[Math.floor(length / 2)]! ^= 1;
    await writeFile(part, bytes);
    const flipped = new TestGradients();
    expect(await build(RECORDS, { source: flipped })).toBe(whole);
    expect(flipped.asked).toBeGreaterThan(9);
  });

  it("opens what was done, and replaces what is of other records or damaged", async () => {
    const whole = await build();
    const again = new TestGradients();
    expect(await build(RECORDS, { source: again })).toBe(whole);
    expect(again.asked).toBe(0);

    const others = [...RECORDS.slice(0, 19), [8, 8]];
    expect(await build(others)).not.toBe(whole);
    await writeFile(path, (await readFile(path)).fill(0, 400, 500));
    expect(await build()).toBe(whole);
  });

  it("names a record that is too long before any work, and one that is not finite", async () => {
    const source = new TestGradients();
    const long = build([[1], Array(9).fill(1)], { source });
    await expect(long).rejects.toMatchObject({
      code: "record_too_long",
      message: expect.stringContaining("record 1 "),
    });
    expect(source.asked).toBe(0);

    source.of = async () => {
      throw new AttributionError("not_finite", "the loss is NaN");
    };
    const message = "record 0: the loss is NaN";
    await expect(build(RECORDS, { source })).rejects.toMatchObject({ code: "not_finite", message });
    const endless = new TestGradients();
    endless.of = async () =>
      basis.matrices.map(({ rows, columns }) => new Float32Array(rows * columns).fill(Number.NaN));
    await expect(build(RECORDS, { source: endless })).rejects.toMatchObject({
      code: "not_finite",
      message: expect.stringContaining("record 0"),
    });
  });

  it("gives one file over any number of threads, and one score", async () => {
    const architecture = smallArchitecture(80);
    const model = { architecture, weights: initialWeights(architecture, 3) };
    const zero = initialAdapter(architecture, { rank: 2, alpha: 4, projections: ["q", "down"] }, 1);
    // of a B of zeros, an adapter's A has no gradient
    const factors = new Map([...zero.factors].map(([name, data]) => [name, data.map((_, i) => Math.sin(i + 1) / 10)]));
    const found = [];
    for (const threads of [1, 2]) {
      const source = await TextGradients.create(model, { adapter: { ...zero, factors } }, { length: 8, threads });
      const own = await fitGradientBasis(source, RECORDS, SUBJECT);
      const sketches = await buildSketches(join(folder, `${threads}`), source, own, RECORDS, { kind: "int8" });
      const scores: bigint[] = [];
      await scoreSketches([await gradientQuery(source, own, [5, 6, 7], 1)], sketches, (_, [score]) => {
        scores.push(score!);
      });
      found.push({ root: sketches.root, scores });
      await sketches.close();
      await source.close();
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[0]!.scores.some((score) => score !== 0n)).toBe(true);
  });
});

describe("GradientSketches", () => {
  const damage = async (change: (bytes: Buffer) => Uint8Array | undefined) => {
    const bytes = await readFile(path);
    await writeFile(path, change(bytes) ?? bytes);
    return GradientSketches.open(path);
  };
  const set = (at: number, byte: number) => (bytes: Buffer) => {
    bytes[at] = byte;
    return bytes;
  };
  const ROOT = 48 + 4 * 2;

  it.each([
    ["other bytes", set(0, 0), "gradients_malformed"],
    ["another format", set(5, 9), "gradients_malformed"],
    ["another kind", set(7, 4), "gradients_malformed"],
    ["no matrices", set(15, 0), "gradients_malformed"],
    ["more matrices than it holds", set(14, 200), "gradients_malformed"],
    ["a matrix of none", set(51, 0), "gradients_malformed"],
    ["more records than it holds", set(8, 255), "gradients_malformed"],
    ["a record too many", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(9)]), "gradients_malformed"],
    ["a record too few", (bytes: Buffer) => bytes.subarray(0, -1), "gradients_malformed"],
    ["nothing", () => Buffer.alloc(0), "gradients_malformed"],
    ["another basis", set(16, 1), "gradients_mismatch"],
    ["another root", set(ROOT, 1), "gradients_mismatch"],
    ["another leaf", set(ROOT + 32, 1), "gradients_mismatch"],
    ["another row", set(ROOT + 32 + 32 + 50, 1), "gradients_mismatch"],
  ])("refuse a file with %s", async (_, change, code) => {
    await build();
    await expect(damage(change)).rejects.toMatchObject({ code });
  });

  it("refuse rows at each other's places, also under the root that these have", async () => {
    await build();
    const bytes = await readFile(path);
    const row = 32 + 4 + 32 + 8 + 16;
    const rows = RECORDS.map((_, i) => Buffer.from(bytes.subarray(ROOT + 32 + i * row, ROOT + 32 + (i + 1) * row)));
    const swapped = [rows[1]!, rows[0]!, ...rows.slice(2)];
    const leaves = swapped.map((one): `0x${string}` => `0x${one.subarray(0, 32).toString("hex")}`);
    const { root: basisRoot, matrices } = basis;
    const sizes = matrices.map(({ rows, columns }) => rows * columns);
    const head = { kind: "int8", records: RECORDS.length, basisRoot, sizes } as const;
    const root = sketchesRoot(head, merkleRoot(domainHash("GradientSketch"), leaves));
    await writeFile(path, Buffer.concat([bytes.subarray(0, ROOT), Buffer.from(root.slice(2), "hex"), ...swapped]));

    const message = expect.stringContaining("record 1 at the place of 0");
    await expect(GradientSketches.open(path)).rejects.toMatchObject({ code: "gradients_mismatch", message });
  });

  it("say so when the file is changed while they are open", async () => {
    await build();
    const sketches = await GradientSketches.open(path);
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
    await expect(sketches.sketch(19)).rejects.toMatchObject({ code: "gradients_mismatch" });
    await sketches.close();
  });
});
