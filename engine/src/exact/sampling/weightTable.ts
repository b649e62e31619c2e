/**
 * `2^(-f / 4096)` for f of 0 to 4,095, in 30 fractional bits, rounded to nearest: entry 0 is 2^30.
 *
 * Made by integer arithmetic alone, so every machine holds the same bits: 2^(-1/4096) is twelve square roots of 1/2 at
 * 160 bits, the rest are its powers. Each step errs by less than 2^-159, 4,096 of them by less than 2^-146; no entry
 * lies so near to a half that this matters, which the test proves by exact powers.
 */
export const WEIGHT_TABLE: Int32Array = buildTable();

function buildTable(): Int32Array {
  const bits = 160n;
  let step = 1n << (bits - 1n);
  for (let halving = 0; halving < 12; halving++) step = squareRoot(step << bits);
  const table = new Int32Array(4096);
  let power = 1n << bits;
  for (let f = 0; f < 4096; f++) {
    table[f] = Number((power + (1n << (bits - 31n))) >> (bits - 30n));
    power = (power * step) >> bits;
  }
  return table;
}

/** Largest r with r·r ≤ x, by Newton's method from above. */
function squareRoot(x: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(x.toString(2).length / 2));
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
