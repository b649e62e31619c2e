/** Bits in which four words at `i` of `a` differ from four words at `j` of `b`. */
export function hamming(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  return ones(a[i]! ^ b[j]!) + ones(a[i + 1]! ^ b[j + 1]!) + ones(a[i + 2]! ^ b[j + 2]!) + ones(a[i + 3]! ^ b[j + 3]!);
}

/** Ones of a 32-bit word, by adding in parallel (Warren, Hacker's Delight, 5-1). */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}
