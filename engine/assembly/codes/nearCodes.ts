/** Codes of 128 bits, compared by the bits in which they differ. Pointers are bytes; codes lie one behind another. */

const CODE: usize = 16;

/** Bits in which the code at `p` differs, in 16 bytes. */
function bitsOf(p: usize, query: v128): v128 {
  return i8x16.popcnt(v128.xor(v128.load(p), query));
}

/** Sums of the bytes of four vectors, in order; at most 128 each. */
function sumBytes(a: v128, b: v128, c: v128, d: v128): v128 {
  // every step adds neighbours and halves what is left of each vector: 8, 4, 2, 1 numbers, of at most 16, 32, 64, 128
  const ab = i8x16.narrow_i16x8_u(i16x8.extadd_pairwise_i8x16_u(a), i16x8.extadd_pairwise_i8x16_u(b));
  const cd = i8x16.narrow_i16x8_u(i16x8.extadd_pairwise_i8x16_u(c), i16x8.extadd_pairwise_i8x16_u(d));
  const abcd = i8x16.narrow_i16x8_u(i16x8.extadd_pairwise_i8x16_u(ab), i16x8.extadd_pairwise_i8x16_u(cd));
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(abcd));
}

function distance(p: usize, query: v128): i32 {
  const bits = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bitsOf(p, query)));
  return (
    i32x4.extract_lane(bits, 0) +
    i32x4.extract_lane(bits, 1) +
    i32x4.extract_lane(bits, 2) +
    i32x4.extract_lane(bits, 3)
  );
}

/**
 * Writes which codes differ from the query's in at most `reach` bits, ascending: index · 2^8 + bits.
 *
 * @param codes `[n]`, n below 2^24
 * @param query one code
 * @param reach 0 to 128
 * @param out u32 `[n]`
 * @returns how many they are
 */
export function nearCodes(codes: usize, n: i32, query: usize, reach: i32, out: usize): i32 {
  const q = v128.load(query);
  const far = i32x4.splat(reach);
  const whole = n & ~3;
  let o = out;
  for (let i = 0; i < whole; i += 4) {
    const p = codes + CODE * <usize>i;
    const sums = sumBytes(bitsOf(p, q), bitsOf(p + CODE, q), bitsOf(p + 2 * CODE, q), bitsOf(p + 3 * CODE, q));
    let near = i32x4.bitmask(i32x4.le_s(sums, far));
    while (near !== 0) {
      const lane = ctz(near);
      store<u32>(o, ((<u32>(i + lane)) << 8) | <u32>distance(p + CODE * <usize>lane, q));
      o += 4;
      near &= near - 1;
    }
  }
  for (let i = whole; i < n; i++) {
    const bits = distance(codes + CODE * <usize>i, q);
    if (bits > reach) continue;
    store<u32>(o, ((<u32>i) << 8) | <u32>bits);
    o += 4;
  }
  return <i32>((o - out) >> 2);
}

/** Adds to `histogram`, u32 `[129]`, how many codes differ from the query's in how many bits. */
export function countDistances(codes: usize, n: i32, query: usize, histogram: usize): void {
  const q = v128.load(query);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) {
    const p = codes + CODE * <usize>i;
    const sums = sumBytes(bitsOf(p, q), bitsOf(p + CODE, q), bitsOf(p + 2 * CODE, q), bitsOf(p + 3 * CODE, q));
    count(histogram, i32x4.extract_lane(sums, 0));
    count(histogram, i32x4.extract_lane(sums, 1));
    count(histogram, i32x4.extract_lane(sums, 2));
    count(histogram, i32x4.extract_lane(sums, 3));
  }
  for (let i = whole; i < n; i++) count(histogram, distance(codes + CODE * <usize>i, q));
}

function count(histogram: usize, bits: i32): void {
  const at = histogram + 4 * <usize>bits;
  store<u32>(at, load<u32>(at) + 1);
}
