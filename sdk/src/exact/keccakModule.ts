/**
 * Keccak-256 of two messages at once, as a WebAssembly module of 128-bit vectors: lane i of both states is one vector, so each
 * instruction of the permutation does the work of two. Written here instruction by instruction, so that it can be read:
 *
 *     (memory (export "memory") PAGES)
 *     (data (i32.const 0) round constants, 24 × i64)
 *     (func (export "hash") (param $a i32) (param $b i32) (param $blocks i32) (param $out i32))
 *
 * `hash` absorbs blocks of 136 bytes from `a` and from `b`, which are padded already, and writes the digest of `a` to `out`
 * and that of `b` behind it. The permutation is FIPS 202's, section 3.2.
 */

/** Pages of 64 KiB. */
const PAGES = 5;
const ROUNDS = 24;
/** Lanes of the state; lane x + 5y is A[x, y]. */
const LANES = 25;
/** Lanes of a block. */
const RATE_LANES = 17;

// Parameters and locals of the function.
const [A, B, BLOCKS, OUT, ROUND] = [0, 1, 2, 3, 4];
const state = (lane: number): number => 5 + (lane % LANES);
const parity = (x: number): number => 30 + (x % 5);
const moved = (lane: number): number => 35 + lane;
const EFFECT = 60;
const VECTORS = 56;

type Code = readonly number[];

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const constant = (value: number): Code => [0x41, ...signed(value)];
const simd = (opcode: number, ...immediates: number[]): Code => [0xfd, ...unsigned(opcode), ...immediates];

const ADD: Code = [0x6a];
const SUBTRACT: Code = [0x6b];
const IS_BELOW: Code = [0x49];
const LOOP: Code = [0x03, 0x40];
const REPEAT_IF: Code = [0x0d, 0];
const END: Code = [0x0b];
const XOR = simd(0x51);
const AND_NOT = simd(0x4f);
const OR = simd(0x50);
const SHIFT_LEFT = simd(0xcb);
const SHIFT_RIGHT = simd(0xcd);
const BYTE_ALIGNED = 0;
const loadBoth = (offset: number): Code => simd(0x0a, BYTE_ALIGNED, ...unsigned(offset));
const loadFirst = (offset: number): Code => simd(0x5d, BYTE_ALIGNED, ...unsigned(offset));
const loadSecond = (offset: number): Code => simd(0x57, BYTE_ALIGNED, ...unsigned(offset), 1);
const store = (offset: number, lane: 0 | 1): Code => simd(0x5b, BYTE_ALIGNED, ...unsigned(offset), lane);

/** Bytes of the module. */
export function keccakModule(): Uint8Array<ArrayBuffer> {
  const body = [
    ...vector([
      [...unsigned(1), 0x7f],
      [...unsigned(VECTORS), 0x7b],
    ]),
    ...hashFunction(),
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...vector([[0x7f], [0x7f], [0x7f], [0x7f]]), ...vector([])]]),
    ...section(3, [[0]]),
    ...section(5, [[0, PAGES]]),
    ...section(7, [
      [...name("memory"), 2, 0],
      [...name("hash"), 0, 0],
    ]),
    ...section(10, [[...unsigned(body.length), ...body]]),
    ...section(11, [[0, ...constant(0), ...END, ...vector(roundConstants().map((byte) => [byte]))]]),
  ]);
}

function hashFunction(): Code {
  const absorb = Array.from({ length: RATE_LANES }, (_, lane) => [
    ...[...get(B), ...get(A), ...loadFirst(8 * lane), ...loadSecond(8 * lane)],
    ...[...get(state(lane)), ...XOR, ...set(state(lane))],
  ]).flat();
  const advance = (pointer: number): Code => [...get(pointer), ...constant(8 * RATE_LANES), ...ADD, ...set(pointer)];
  const squeeze = [0, 1, 2, 3].flatMap((lane) => [
    ...[...get(OUT), ...get(state(lane)), ...store(8 * lane, 0)],
    ...[...get(OUT), ...get(state(lane)), ...store(32 + 8 * lane, 1)],
  ]);
  const nextRound = [...get(ROUND), ...constant(8), ...ADD, ...tee(ROUND), ...constant(8 * ROUNDS), ...IS_BELOW];
  return [
    ...[...LOOP, ...absorb, ...constant(0), ...set(ROUND)],
    ...[...LOOP, ...theta(), ...rhoAndPi(), ...chiAndIota(), ...nextRound, ...REPEAT_IF, ...END],
    ...[...advance(A), ...advance(B)],
    ...[...get(BLOCKS), ...constant(1), ...SUBTRACT, ...tee(BLOCKS), ...REPEAT_IF, ...END],
    ...[...squeeze, ...END],
  ];
}

function theta(): Code {
  const columns = [0, 1, 2, 3, 4];
  const parities = columns.flatMap((x) => [
    ...get(state(x)),
    ...[5, 10, 15, 20].flatMap((row) => [...get(state(x + row)), ...XOR]),
    ...set(parity(x)),
  ]);
  const effects = columns.flatMap((x) => [
    ...[...get(parity(x + 4)), ...rotated(parity(x + 1), 1), ...XOR, ...set(EFFECT)],
    ...[0, 5, 10, 15, 20].flatMap((row) => [...get(state(x + row)), ...get(EFFECT), ...XOR, ...set(state(x + row))]),
  ]);
  return [...parities, ...effects];
}

function rhoAndPi(): Code {
  const turns = new Array<number>(LANES).fill(0);
  for (let t = 0, x = 1, y = 0; t < 24; t++) {
    turns[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return turns.flatMap((turn, lane) => {
    const [x, y] = [lane % 5, Math.floor(lane / 5)];
    return [...rotated(state(lane), turn), ...set(moved(y + 5 * ((2 * x + 3 * y) % 5)))];
  });
}

function chiAndIota(): Code {
  return Array.from({ length: LANES }, (_, lane) => {
    const row = lane - (lane % 5);
    const [next, afterNext] = [row + ((lane + 1) % 5), row + ((lane + 2) % 5)];
    const chi = [...get(moved(lane)), ...get(moved(afterNext)), ...get(moved(next)), ...AND_NOT, ...XOR];
    const iota = lane === 0 ? [...get(ROUND), ...loadBoth(0), ...XOR] : [];
    return [...chi, ...iota, ...set(state(lane))];
  }).flat();
}

/** Both halves rotated to the left: by whole bytes in one instruction, else in three. */
function rotated(local: number, bits: number): Code {
  if (bits === 0) return get(local);
  if (bits % 8 === 0) {
    const bytes = Array.from({ length: 16 }, (_, i) => (i & 8) + ((i - bits / 8) & 7));
    return [...get(local), ...get(local), ...simd(0x0d, ...bytes)];
  }
  const left = [...get(local), ...constant(bits), ...SHIFT_LEFT];
  return [...left, ...get(local), ...constant(64 - bits), ...SHIFT_RIGHT, ...OR];
}

/** RC of each round, little endian, from the linear feedback shift register of FIPS 202, algorithm 5. */
function roundConstants(): number[] {
  const bytes = new Uint8Array(8 * ROUNDS);
  let register = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (let j = 0; j < 7; j++) {
      const bit = 2 ** j - 1;
      if (register & 1) bytes[8 * round + (bit >> 3)]! |= 1 << (bit & 7);
      register = (register << 1) ^ ((register >> 7) * 0x171);
    }
  }
  return [...bytes];
}

function section(id: number, items: readonly Code[]): Code {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
