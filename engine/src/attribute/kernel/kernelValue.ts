import { CODE_BITS, MAX_SURPRISE } from "../codes.js";

/** v of one posting by the bits that differ and by its surprise; 0 to 65,024. */
export function kernelValue(distance: number, surprise: number): number {
  return VALUES[distance * (MAX_SURPRISE + 1) + surprise]!;
}

const VALUES = valueTable();

function valueTable(): Uint16Array {
  const table = new Uint16Array((CODE_BITS + 1) * (MAX_SURPRISE + 1));
  for (let distance = 0; distance <= CODE_BITS; distance++) {
    const cosine = Math.floor((256 * Math.max(CODE_BITS - 2 * distance, 0)) / CODE_BITS);
    for (let surprise = 0; surprise <= MAX_SURPRISE; surprise++) {
      table[distance * (MAX_SURPRISE + 1) + surprise] = (cosine * cosine * surprise) >> 7;
    }
  }
  return table;
}
