import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { programId } from "../hash/programId.js";
import { floatBits, fromFloatBits } from "./floatBits.js";

describe("floatBits", () => {
  it("spells binary32 big-endian", () => {
    expect([1, -2, 0.5, -0, 2 ** -149, 16_777_216].map(floatBits)).toEqual([
      "3f800000",
      "c0000000",
      "3f000000",
      "80000000",
      "00000001",
      "4b800000",
    ]);
  });

  it("gives every pattern back", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        expect(Object.is(fromFloatBits(floatBits(value)), value)).toBe(true);
      }),
    );
  });

  it("refuses what binary32 would round, NaN and other spellings", () => {
    for (const value of [0.1, 16_777_217, 1e-60, Number.NaN]) expect(() => floatBits(value)).toThrow(/binary32/);
    for (const bits of ["3F800000", "3f8", "0x3f800000", "7fc00000", "ffffffff"]) {
      expect(() => fromFloatBits(bits)).toThrow(/float bits/);
    }
  });
});

describe("programId", () => {
  it("knows one spelling and takes no fraction", () => {
    expect(programId({ b: 1, a: "x" })).toBe(programId({ a: "x", b: 1 }));
    expect(programId({ scale: floatBits(1) })).not.toBe(programId({ scale: floatBits(-1) }));
    expect(() => programId({ scale: 0.5 })).toThrow(/safe integer/);
    expect(() => programId({ zero: -0 })).toThrow(/safe integer/);
  });
});
