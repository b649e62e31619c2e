import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError } from "./errors.js";
import { floatToHalf, halfToFloat } from "./half.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

function file(header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ t: { dtype, shape, data_offsets: offsets } });
/** The header of one tensor, as text. */
const hostile = (dtype: string, shape: string) => `{"t":{"dtype":${dtype},"shape":${shape},"data_offsets":[0,4]}}`;
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const ENTRY = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe("reading", () => {
  test("gives fp32 from F32, F16 and BF16", () => {
    const header = {
      __metadata__: { format: "pt" },
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
      b: { dtype: "F16", shape: [1, 1], data_offsets: [8, 10] },
      c: { dtype: "BF16", shape: [], data_offsets: [10, 12] },
    };
    const data = new Uint8Array([...floats(1.5, -2), 0x00, 0xc2, 0x40, 0xc0]);

    const tensors = readSafetensors(file(header, data), "f");

    expect([...tensors].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
      ["a", [2], [1.5, -2]],
      ["b", [1, 1], [-3]],
      ["c", [], [-3]],
    ]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(3), /at least 8 bytes, found 3/],
    ["a header longer than the file", file("").fill(0xff, 0, 8), /header of 18446744073709551615 bytes/],
    ["no JSON", file("{"), /not JSON/],
    ["a list", file([]), /not an object/],
    ["a truncated tensor", file(entry("F32", [2], [0, 8]), floats(1)), /ends at 8, file has 4/],
    ["bytes that are nobody's", file(entry("F32", [1], [0, 4]), floats(1, 2)), /4 bytes after the last tensor/],
    ["a gap", file(entry("F32", [1], [4, 8]), floats(1, 2)), /begins at 4, expected 0/],
    ["a wrong shape", file(entry("F32", [3], [0, 8]), floats(1, 2)), /\[3\] needs 12 bytes, found 8/],
    ["a label of another type", file(entry("F16", [2], [0, 8]), floats(1, 2)), /needs 4 bytes, found 8/],
    [
      "a type that the format has not",
      file(entry("F31", [1], [0, 4]), floats(1)),
      /element type "F31", which the format/,
    ],
    ["more bytes of header than are read", file("x".repeat(2 ** 22 + 1)), /header of 4194305 bytes/],
    ["a type that is not read", file(entry("I64", [1], [0, 8]), floats(1, 2)), /element type I64/],
    ["a negative extent", file(entry("F32", [-1], [0, 4]), floats(1)), /shape \[-1\]/],
    ["offsets that are no pair", file(entry("F32", [1], [0]), floats(1)), /data_offsets \[0\]/],
    ["a type that is no text", file(hostile('{"toString":1,"valueOf":1}', "[1]")), /element type an object, which/],
    ["a shape of a shape of a shape", file(hostile('"F32"', nested(300_000))), /tensor t has shape a list of 1;/],
    ["a type of a megabyte", file(hostile(`"${"x".repeat(2 ** 20)}"`, "[1]")), /^.{1,300}$/],
    ["a shape of half a million", file(hostile('"F32"', `[${"1,".repeat(5e5)}1]`)), /has shape a list of 500001;/],
    ["a name of a megabyte", file({ ["x".repeat(2 ** 20)]: 7 }), /^.{1,300}$/],
    [
      "a tensor that is named twice",
      file(`{"t":${ENTRY},"__metadata__":{"t":"1"},"\\u0074":${ENTRY}}`, floats(1)),
      /header names t twice/,
    ],
    ["a NaN", file(entry("F32", [2], [0, 8]), floats(0, Number.NaN)), /tensor t holds NaN at element 1/],
    ["an infinity", file(entry("F32", [1], [0, 4]), floats(Number.NEGATIVE_INFINITY)), /holds -Infinity/],
  ])("refuses %s and names the file", (_name, bytes, message) => {
    const read = () => readSafetensors(bytes, "weights.safetensors");
    expect(read).toThrow(ModelError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^weights\.safetensors: /);
  });

  test("never fails in another way, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ maxLength: 64 }), fc.nat(16), (header, data, cut) => {
        const bytes = file(header, data);
        try {
          readSafetensors(bytes.subarray(0, bytes.length - cut), "f");
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
    );
  });
});

test("what is written is read again, F32 exactly", () => {
  const tensors = new Map([
    ["z", { shape: [2, 2], data: Float32Array.of(1e-30, -3.25, 65504, 0.1) }],
    ["a", { shape: [], data: Float32Array.of(7) }],
  ]);

  const read = readSafetensors(writeSafetensors(tensors, "F32"), "f");

  expect([...read.keys()]).toEqual(["a", "z"]);
  for (const [name, tensor] of tensors) expect(read.get(name)).toEqual(tensor);
});

test("BF16 rounds to the nearest, ties to even", () => {
  const one = 0x3f80_0000;
  const bits = Uint32Array.of(one + 0x7fff, one + 0x8000, one + 0x8001, one + 0x1_8000, (one + 0x8001) | 0x8000_0000);
  const data = new Float32Array(bits.buffer);

  const read = readSafetensors(writeSafetensors(new Map([["x", { shape: [5], data }]]), "BF16"), "f");

  const wanted = Uint32Array.of(one, one, one + 0x1_0000, one + 0x2_0000, (one + 0x1_0000) | 0x8000_0000);
  expect(read.get("x")!.data).toEqual(new Float32Array(wanted.buffer));
});

describe("binary16", () => {
  test("every finite value survives", () => {
    const finite = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);

    expect(finite.filter((bits) => floatToHalf(halfToFloat(bits)) !== bits)).toEqual([]);
  });

  test("rounds to the nearest, ties to even", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bfe }), fc.constantFrom(0.25, 0.5, 0.75), (low, part) => {
        const value = halfToFloat(low) + part * (halfToFloat(low + 1) - halfToFloat(low));
        const up = part > 0.5 || (part === 0.5 && low % 2 === 1);
        expect(floatToHalf(value)).toBe(up ? low + 1 : low);
      }),
    );
    expect([65519.99, 65520, -65520, Number.NaN].map(floatToHalf)).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7e00]);
  });
});
