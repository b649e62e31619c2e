const view = new DataView(new ArrayBuffer(8));

/** The integer nearest to log2 of a positive finite number, by its bits: the same on every machine. */
export function nearestLog2(value: number): number {
  view.setFloat64(0, value);
  const exponent = ((view.getUint32(0) >>> 20) & 0x7ff) - 1023;
  if (exponent === -1023) return -1022;
  return value / 2 ** exponent >= Math.SQRT2 ? exponent + 1 : exponent;
}

/** The greatest integer up to log2 of a positive finite number; −1022 below the normal range. */
export function floorLog2(value: number): number {
  view.setFloat64(0, value);
  return Math.max(-1022, ((view.getUint32(0) >>> 20) & 0x7ff) - 1023);
}

/** The least integer from log2 of a positive finite number on. */
export function ceilLog2(value: number): number {
  const below = floorLog2(value);
  return value > 2 ** below ? below + 1 : below;
}

/** The middle element (the lower of two) of a list of integers. */
export function medianOf(values: Int32Array): number {
  return values.slice().sort()[(values.length - 1) >> 1]!;
}
