import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Message } from "./wire.js";

/** The definition: seven bits a byte, the lowest first. */
function varint(value: bigint): number[] {
  const rest = BigInt.asUintN(64, value);
  return rest < 128n ? [Number(rest)] : [Number(rest & 127n) | 128, ...varint(rest >> 7n)];
}

const delimited = (field: number, bytes: Iterable<number>): number[] => {
  const content = [...bytes];
  return [...varint(BigInt((field << 3) | 2)), ...varint(BigInt(content.length)), ...content];
};

describe("a message", () => {
  test("has integers as varints, negative ones in 64 bits", () => {
    const ends = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1, -(2 ** 53 - 1)];
    const long = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 35n];
    for (const value of [...ends, ...long]) {
      expect([...new Message().int(300, value).finish()]).toEqual([...varint(300n << 3n), ...varint(BigInt(value))]);
    }
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect([...new Message().int(1, value).finish()]).toEqual([8, ...varint(BigInt(value))]);
      }),
    );
  });

  test("has floats in four bytes of little endian", () => {
    expect([...new Message().float(2, -1.5).finish()]).toEqual([21, 0, 0, 192, 191]);
  });

  test("has fields of any lengths one behind the other, however they are nested", () => {
    const content = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ minLength: 1000, maxLength: 3000 }),
    );
    fc.assert(
      fc.property(fc.array(content, { maxLength: 12 }), fc.array(content, { maxLength: 12 }), (inner, outer) => {
        const write = (message: Message, of: typeof inner): number[] =>
          of.flatMap((value, i) => {
            if (typeof value === "string") message.string(i + 1, value);
            else message.bytes(i + 1, value);
            return delimited(i + 1, typeof value === "string" ? new TextEncoder().encode(value) : value);
          });
        const [nested, whole] = [new Message(), new Message()];
        const innerBytes = write(nested, inner);
        const outerBytes = write(whole, outer);
        whole.message(99, nested).message(100, nested);
        const expected = [...outerBytes, ...delimited(99, innerBytes), ...delimited(100, innerBytes)];
        expect(Buffer.compare(whole.finish(), Buffer.from(expected))).toBe(0);
      }),
    );
  });
});
