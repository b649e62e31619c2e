import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bytesSource, openFile } from "./ByteSource.js";
import { ModelError } from "./errors.js";
import { type Tensor, writeSafetensors } from "./safetensors.js";
import { TensorFile } from "./TensorFile.js";
import { TensorFolder } from "./TensorFolder.js";

const INDEX = "model.safetensors.index.json";
const ONE = "model-00001-of-00002.safetensors";
const TWO = "model-00002-of-00002.safetensors";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tensors-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function tensorsOf(names: readonly string[]): Map<string, Tensor> {
  return new Map(names.map((name, i) => [name, { shape: [2], data: Float32Array.of(i, -i) }]));
}

function writeShard(file: string, names: readonly string[]): void {
  writeFileSync(join(dir, file), writeSafetensors(tensorsOf(names), "F32"));
}

function writeIndex(weightMap: unknown): void {
  writeFileSync(join(dir, INDEX), JSON.stringify({ metadata: { total_size: 32 }, weight_map: weightMap }));
}

function headerOf(header: object, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}

describe("shards", () => {
  beforeEach(() => {
    writeShard(ONE, ["a", "b"]);
    writeShard(TWO, ["c", "d"]);
  });

  test("are read as one", async () => {
    writeIndex({ a: ONE, c: TWO, b: ONE, d: TWO });

    const folder = await TensorFolder.open(dir);

    expect([...folder.names].sort()).toEqual(["a", "b", "c", "d"]);
    expect(await folder.read("d")).toEqual(Float32Array.of(1, -1));
    expect(folder.place("d")).toBe(join(dir, TWO));
    await folder.close();
  });

  test("may be links, as in a cache of downloads", async () => {
    mkdirSync(join(dir, "linked"));
    for (const name of [ONE, TWO]) symlinkSync(join(dir, name), join(dir, "linked", name));
    writeFileSync(join(dir, "linked", INDEX), JSON.stringify({ weight_map: { a: ONE, b: ONE, c: TWO, d: TWO } }));

    const folder = await TensorFolder.open(join(dir, "linked"));

    expect(await folder.read("b")).toEqual(Float32Array.of(1, -1));
    await folder.close();
  });

  test.each<[string, unknown, string, RegExp]>([
    [
      "a tensor that its shard has not",
      { a: ONE, b: ONE, c: TWO, d: TWO, e: TWO },
      "weights_missing",
      /no tensor e, which the index names/,
    ],
    [
      "a tensor in another shard",
      { a: ONE, b: TWO, c: TWO, d: TWO },
      "weights_mismatch",
      /tensor b is in .*00001.*, the index places it in .*00002/,
    ],
    [
      "a tensor that it does not name",
      { a: ONE, c: TWO, d: TWO },
      "weights_mismatch",
      /tensor b is in .*, the index places it in nowhere/,
    ],
    [
      "an absolute shard",
      { a: "/etc/passwd" },
      "weights_malformed",
      /places a in "\/etc\/passwd"; a shard must be a plain file name/,
    ],
    ["a shard above the folder", { a: "../model.safetensors" }, "weights_malformed", /a shard must be a plain/],
    ["a shard in a folder", { a: "sub/model.safetensors" }, "weights_malformed", /a shard must be a plain/],
    ["a shard in a folder of Windows", { a: "sub\\model.safetensors" }, "weights_malformed", /a shard must be a plain/],
    ["a shard of two dots", { a: "model..safetensors" }, "weights_malformed", /a shard must be a plain/],
    ["a NUL in a shard's name", { a: "model\0.safetensors" }, "weights_malformed", /a shard must be a plain/],
    ["a shard of another format", { a: "pytorch_model.bin" }, "weights_malformed", /a shard must be a plain/],
    ["a shard of a megabyte", { a: "x".repeat(2 ** 20) }, "weights_malformed", /^.{1,400}$/],
    ["a shard that is an object", { a: { toString: 1, toJSON: 1 } }, "weights_malformed", /places a in an object/],
    ["a shard that is a number", { a: 7 }, "weights_malformed", /places a in 7/],
    [
      "a shard that is not there",
      { a: "model-00003-of-00003.safetensors" },
      "file_unreadable",
      /00003.* cannot be read/,
    ],
    ["no map", [], "weights_malformed", /has no object weight_map/],
  ])("with an index that names %s are refused", async (_name, weightMap, code, message) => {
    writeIndex(weightMap);

    const opening = TensorFolder.open(dir);

    await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("of which two have the same tensor are refused", async () => {
    writeShard(TWO, ["b", "c"]);
    writeIndex({ a: ONE, b: ONE, c: TWO });

    await expect(TensorFolder.open(dir)).rejects.toThrow(/tensor b is in two shards/);
  });

  test("with an index that is not JSON are refused", async () => {
    writeFileSync(join(dir, INDEX), "{");

    await expect(TensorFolder.open(dir)).rejects.toMatchObject({ code: "weights_malformed" });
  });
});

describe("a folder", () => {
  test("without safetensors says what was looked for", async () => {
    await expect(TensorFolder.open(dir)).rejects.toMatchObject({
      code: "weights_missing",
      message: expect.stringMatching(/neither model\.safetensors nor model\.safetensors\.index\.json/),
    });
  });

  test("whose weights are a folder is refused", async () => {
    mkdirSync(join(dir, "model.safetensors"));
    await expect(TensorFolder.open(dir)).rejects.toMatchObject({ code: "file_unreadable" });
  });
});

describe("a file", () => {
  test.each([2n ** 64n - 1n, 10_000_000_000n, 2n ** 23n])(
    "with a header of %s bytes is refused before it is read",
    async (length) => {
      const file = join(dir, "model.safetensors");
      const start = new Uint8Array(8);
      new DataView(start.buffer).setBigUint64(0, length, true);
      writeFileSync(file, start);
      // As long as it claims to be, without the bytes on disk.
      truncateSync(file, Number(length) > 2 ** 40 ? 1000 : Number(length) + 8);

      const before = process.memoryUsage().arrayBuffers;
      await expect(TensorFolder.open(dir)).rejects.toThrow(/header of \d+ bytes/);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    },
  );

  test("that becomes shorter while it is read is refused", async () => {
    const path = join(dir, "model.safetensors");
    writeFileSync(path, writeSafetensors(tensorsOf(["a", "b"]), "F32"));
    const file = await TensorFile.open(await openFile(path));
    truncateSync(path, readFileSync(path).length - 4);

    expect(await file.read("a")).toEqual(Float32Array.of(0, -0));
    await expect(file.read("b")).rejects.toMatchObject({ code: "weights_malformed" });
    await file.close();
  });

  test("of halves is decoded across its chunks", async () => {
    const size = 3 * 2 ** 21 + 5;
    const data = Float32Array.from({ length: size }, (_, i) => (i % 256) / 4);
    const bytes = writeSafetensors(new Map([["x", { shape: [size], data }]]), "BF16");

    const file = await TensorFile.open(bytesSource(bytes, "f"));

    expect(Buffer.compare(Buffer.from((await file.read("x")).buffer), Buffer.from(data.buffer))).toBe(0);
  });

  test.each(["F64", "I64", "U8", "BOOL", "F8_E4M3"])("may hold %s, but not as a weight", async (dtype) => {
    const width = { F64: 8, I64: 8 }[dtype] ?? 1;
    const bytes = headerOf({ x: { dtype, shape: [2], data_offsets: [0, 2 * width] } }, new Uint8Array(2 * width));

    const file = await TensorFile.open(bytesSource(bytes, "f"));

    await expect(file.read("x")).rejects.toThrow(`f: tensor x has element type ${dtype}, expected F32, F16 or BF16`);
  });

  test("never fails in another way than by a ModelError, whatever its bytes are", async () => {
    const entry = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom("F32", "F16", "BF16", "I8", "F64"), fc.string()),
        shape: fc.oneof(fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 3 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(fc.nat(64), fc.nat(64)), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const headers = fc.oneof(fc.dictionary(fc.string(), entry), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(headers, fc.uint8Array({ maxLength: 64 }), fc.nat(16), async (header, data, cut) => {
        const bytes = headerOf(header as object, data);
        try {
          const file = await TensorFile.open(bytesSource(bytes.subarray(0, bytes.length - cut), "f"));
          for (const name of file.entries.keys()) await file.read(name);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
