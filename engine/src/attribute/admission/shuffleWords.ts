import { Random } from "../../train/random.js";

/** Characters from which on a word is shuffled too: a line of letters without a space has no words. */
const LONGEST_WORD = 64;
/** Scripts that write words without spaces between them. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;

/**
 * The same words in an order that a seed draws, spaces and line ends where they were. Of what was drawn at random it makes another
 * draw of the same kind, whatever the alphabet; of what was written it takes all but the words.
 *
 * @param seed a safe integer from 0 on
 */
export function shuffleWords(text: string, seed: number): string {
  const units = (text.match(/\s+|\S+/gu) ?? []).flatMap((unit) => (isWhole(unit) ? [unit] : [...unit]));
  const places = units.flatMap((unit, at) => (/^\s/u.test(unit) ? [] : [at]));
  const drawn = new Random(seed).shuffle(places.map((at) => units[at]!));
  for (const [i, at] of places.entries()) units[at] = drawn[i]!;
  return units.join("");
}

function isWhole(unit: string): boolean {
  return /^\s/u.test(unit) || (unit.length <= LONGEST_WORD && !UNSPACED.test(unit));
}
