import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash, decodeGradientsFile, encodeGradientsFile, type GradientsFile } from "@openledger/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Hex } from "../hex.js";
import { buildSketches } from "./buildSketches.js";
import { fetchGradients, type WantedGradients } from "./fetchGradients.js";
import { fitGradientBasis } from "./fitGradientBasis.js";
import { GradientBasis } from "./GradientBasis.js";
import { publishGradients } from "./publishGradients.js";
import type { SketchKind } from "./sketch.js";
import { MATRICES, RECORDS, SUBJECT, TestGradients } from "./testGradients.js";

const basis = await fitGradientBasis(new TestGradients(), RECORDS, SUBJECT);
const WANTED: WantedGradients = { subject: SUBJECT, matrices: MATRICES, records: RECORDS };

let folder: string;
let store: Map<Hex, Uint8Array>;
/** What was asked for. */
let asked: Hex[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-gradients-"));
  [store, asked] = [new Map(), []];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const source = {
  get: async (hash: Hex) => {
    asked.push(hash);
    return store.get(hash)!;
  },
};

async function put(bytes: Uint8Array): Promise<{ hash: Hex }> {
  const hash = contentHash(bytes);
  store.set(hash, bytes.slice());
  return { hash };
}

async function publish(kind: SketchKind = "1-bit", of = basis): Promise<Hex> {
  const paths = { basis: join(folder, "own-basis.bin"), sketches: join(folder, `own-${kind}.bin`) };
  await writeFile(paths.basis, of.bytes);
  await (await buildSketches(paths.sketches, new TestGradients(), of, RECORDS, { kind })).close();
  return publishGradients(paths, { put });
}

/** The published file with something of it changed. */
async function changed(hash: Hex, change: (file: GradientsFile) => GradientsFile): Promise<Hex> {
  return (await put(encodeGradientsFile(change(decodeGradientsFile(store.get(hash)!))))).hash;
}

const fetched = (hash: Hex, wanted = WANTED) => fetchGradients(join(folder, hash), hash, source, wanted);

describe("fetchGradients", () => {
  it.each(["1-bit", "int8"] as const)("gets what was published of %s sketches, and asks for it once", async (kind) => {
    const hash = await publish(kind);
    const first = await fetched(hash);
    await first.sketches.close();
    const again = await fetched(hash);

    expect(again.basis.root).toBe(basis.root);
    expect([again.sketches.root, again.sketches.kind]).toEqual([first.sketches.root, kind]);
    expect((await again.sketches.sketch(7)).record).toBe(7);
    await again.sketches.close();
    const { basis: listed, sketches } = decodeGradientsFile(store.get(hash)!);
    expect(asked).toEqual([hash, ...listed.parts, ...sketches.parts, hash]);
  });

  it("refuses files of another size than the model's before it asks for them", async () => {
    const hash = await publish();
    const large = { sha256: hash, byteLength: 2 ** 23, parts: [hash, hash] };

    await expect(fetched(await changed(hash, (file) => ({ ...file, basis: large })))).rejects.toMatchObject({
      code: "gradients_mismatch",
      message: expect.stringContaining("bytes of a basis"),
    });
    await expect(fetched(await changed(hash, (file) => ({ ...file, sketches: large })))).rejects.toThrow(
      "bytes of 20 sketches",
    );
    await expect(fetched(hash, { ...WANTED, records: RECORDS.slice(1) })).rejects.toThrow("bytes of 19 sketches");
    expect(asked).toHaveLength(3);
  });

  it.each<[string, Partial<WantedGradients>, string]>([
    ["adapter", { subject: { ...SUBJECT, adapterWeightsRoot: SUBJECT.baseWeightsRoot } }, "adapterWeightsRoot"],
    ["base", { subject: { ...SUBJECT, baseWeightsRoot: SUBJECT.adapterWeightsRoot } }, "baseWeightsRoot"],
    ["length", { subject: { ...SUBJECT, length: 9 } }, "length of the basis 9, found 8"],
    ["order of matrices", { matrices: [...MATRICES].reverse() }, "matrices of the basis"],
    ["record", { records: RECORDS.map((ids, i) => (i === 5 ? [...ids, 1] : ids)) }, "the tokens of record 5"],
  ])("refuses those of another %s", async (_, other, named) => {
    const hash = await publish();

    await expect(fetched(hash, { ...WANTED, ...other })).rejects.toThrow(named);
  });

  it("refuses what its file does not have", async () => {
    const hash = await publish();
    const wrong: Hex = `0x${"77".repeat(32)}`;

    await expect(fetched(await changed(hash, (file) => ({ ...file, basisRoot: wrong })))).rejects.toThrow(
      `basis ${wrong}, found ${basis.root}`,
    );
    await expect(fetched(await changed(hash, (file) => ({ ...file, sketchesRoot: wrong })))).rejects.toThrow(
      `sketches ${wrong}`,
    );
    const { sketches } = decodeGradientsFile(store.get(hash)!);
    const altered = store.get(sketches.sha256)!.slice().fill(0, 300, 310);
    store.set(sketches.sha256, altered);
    await expect(fetchGradients(join(folder, "anew"), hash, source, WANTED)).rejects.toThrow(sketches.sha256);
  });

  it("refuses a basis that was fitted on others than the records' own sample", async () => {
    const invented = await fitGradientBasis(new TestGradients(), [[1, 2], [3], [4, 5]], SUBJECT);
    const chosen = GradientBasis.of(SUBJECT, { ...basis.fittedOn, sampleHash: `0x${"77".repeat(32)}` }, basis.parts);

    await expect(fetched(await publish("1-bit", invented))).rejects.toThrow(
      "records that the basis was fitted on 20, found 3",
    );
    await expect(fetched(await publish("1-bit", chosen))).rejects.toThrow("sample of the basis");
  });

  it("refuses sketches in another basis than is listed beside them", async () => {
    const other = await fitGradientBasis(new TestGradients(), RECORDS.slice(0, 19), SUBJECT);
    const [first, second] = [await publish(), await publish("int8", other)];
    const mixed = await changed(first, (file) => {
      const { sketches, sketchesRoot } = decodeGradientsFile(store.get(second)!);
      return { ...file, sketches, sketchesRoot };
    });

    expect(other.root).not.toBe(basis.root);
    await expect(fetched(mixed)).rejects.toThrow(`found int8 ones of 20 in ${other.root}`);
  });

  it("does not publish what is damaged", async () => {
    await publish();
    const path = join(folder, "own-1-bit.bin");
    await writeFile(path, (await readFile(path)).fill(1, 300, 310));
    store.clear();

    const paths = { basis: join(folder, "own-basis.bin"), sketches: path };
    await expect(publishGradients(paths, { put })).rejects.toMatchObject({ code: "gradients_mismatch" });
    expect(store.size).toBe(0);
  });
});
