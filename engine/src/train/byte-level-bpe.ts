/**
 * Training of a byte-level BPE tokenizer (Sennrich et al. 2016, over bytes as in GPT-2): texts are split by GPT-2's
 * pattern, every distinct word is kept once with its count, and the most frequent pair of symbols is joined until the
 * vocabulary is full. Ties go to the pair of lowest symbol numbers, so the same texts give the same file.
 */
import { PairQueue } from "./pair-queue.js";

/** GPT-2's pre-tokenisation, which `tokenizer.json` calls ByteLevel with `use_regex`. */
export const WORD_PATTERN = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export const END_OF_TEXT = "<|endoftext|>";

/**
 * A `tokenizer.json` learned from texts; `<|endoftext|>` is token 0, the 256 bytes follow, then the merges.
 *
 * @param vocabulary number of tokens, at least 257; fewer come out when the texts have no pair that occurs twice
 */
export function trainByteLevelBpe(texts: Iterable<string>, vocabulary: number): string {
  const characters = byteCharacters();
  const symbols = [END_OF_TEXT, ...characters];
  const merges: [string, string][] = [];
  const { words, counts } = countWords(texts);
  const queue = new PairQueue(words, counts);

  while (symbols.length < vocabulary) {
    const best = queue.pop();
    if (best === undefined) break;
    const [left, right] = best;
    merges.push([symbols[left]!, symbols[right]!]);
    symbols.push(symbols[left]! + symbols[right]!);
    queue.merge(left, right, symbols.length - 1);
  }
  return describe(symbols, merges);
}

/** The printable characters that stand for the 256 bytes in a byte-level vocabulary, by byte. */
export function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

function countWords(texts: Iterable<string>): { words: Int32Array[]; counts: number[] } {
  const totals = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(WORD_PATTERN)) totals.set(word, (totals.get(word) ?? 0) + 1);
  }
  const encoder = new TextEncoder();
  const words: Int32Array[] = [];
  const counts: number[] = [];
  for (const [word, count] of totals) {
    // Symbol 0 is the end of text, symbol 1 + b the byte b.
    words.push(Int32Array.from(encoder.encode(word), (byte) => byte + 1));
    counts.push(count);
  }
  return { words, counts };
}

function describe(symbols: readonly string[], merges: readonly [string, string][]): string {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [
      {
        id: 0,
        content: END_OF_TEXT,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(symbols.map((symbol, id) => [symbol, id])),
      merges,
    },
  });
}
