/** `signBits` of rows: bit i of byte ⌊i/8⌋, lowest first, is 1 where x_i > 0. @param signs eight numbers for each byte */
export function packSigns(signs: ArrayLike<number>): Uint8Array {
  const bits = new Uint8Array(signs.length / 8);
  for (let i = 0; i < signs.length; i++) if (signs[i]! > 0) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}
