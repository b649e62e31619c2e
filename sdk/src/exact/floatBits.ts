import { InvalidValueError } from "../errors/InvalidValueError.js";

const view = new DataView(new ArrayBuffer(4));

/** The binary32 bit pattern of a number as 8 lower-case hex digits, sign first. @throws InvalidValueError on what binary32 rounds, and NaN. */
export function floatBits(value: number): string {
  if (Math.fround(value) !== value) throw new InvalidValueError("float", "a binary32 number", value);
  view.setFloat32(0, value);
  return view.getUint32(0).toString(16).padStart(8, "0");
}

/** The number of a bit pattern from `floatBits`. @throws InvalidValueError on another spelling, and NaN. */
export function fromFloatBits(bits: string): number {
  if (!/^[0-9a-f]{8}$/.test(bits)) throw new InvalidValueError("float bits", "8 lower-case hex digits", bits);
  view.setUint32(0, Number.parseInt(bits, 16));
  const value = view.getFloat32(0);
  if (Number.isNaN(value)) throw new InvalidValueError("float bits", "a number", bits);
  return value;
}
