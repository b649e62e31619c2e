import { CODE_BYTES, type PositionCodes, Random } from "@openledger/engine";

/** Tokens of a record and of an answer. */
export const RECORD_TOKENS = 64;
/** Bits of a code that an answer's token has otherwise than the planted record's: 5 %, a cosine of .9. */
const ANSWER_FLIPS = 1 / 20;

/**
 * Records of which there may be a million: windows of real texts' codes under the base, with a quarter of the bits drawn
 * anew. Frequencies of tokens and what the states of one token have in common are those of the texts; no two are alike.
 *
 * A record is a function of its number alone, so that a small index is the beginning of a large one.
 */
export class ManyRecords {
  /** @param texts Codes of at least 64 positions each */
  constructor(
    private readonly texts: readonly PositionCodes[],
    private readonly seed: number,
  ) {}

  record(number: number): PositionCodes {
    const random = new Random(this.seed + number);
    const text = this.texts[random.below(this.texts.length)]!;
    const from = random.below(text.ids.length - RECORD_TOKENS + 1);
    const codes = new Uint8Array(text.codes.subarray(from * CODE_BYTES, (from + RECORD_TOKENS) * CODE_BYTES));
    const words = new Uint32Array(codes.buffer);
    // both of two fair bits are 1 a quarter of the time
    for (let i = 0; i < words.length; i++) words[i]! ^= random.bits() & random.bits();
    return {
      ids: text.ids.slice(from, from + RECORD_TOKENS),
      surprises: text.surprises.slice(from, from + RECORD_TOKENS),
      codes,
    };
  }

  /** An answer that this record shaped: the same tokens, in states with a cosine of .9 to its own. */
  answer(number: number): PositionCodes {
    const random = new Random(this.seed + 2 ** 40 + number);
    const { ids, surprises, codes } = this.record(number);
    for (let bit = 0; bit < 8 * codes.length; bit++) {
      if (random.uniform() < ANSWER_FLIPS) codes[bit >> 3]! ^= 1 << (bit & 7);
    }
    return { ids, surprises, codes };
  }
}
