import type { Tokenizer } from "../model/tokenizer.js";
import { WORD_PATTERN } from "./byte-level-bpe.js";

/**
 * Encodes large texts: where the tokenizer cuts texts into words, it sees each distinct word once. Same tokens as
 * `tokenizer.encode`, but that names of special tokens in the text are text.
 */
export class WordEncoder {
  private readonly known = new Map<string, readonly number[]>();

  constructor(private readonly tokenizer: Tokenizer) {}

  encode(text: string): number[] {
    if (!this.tokenizer.cutsWords) return this.tokenizer.encode(text);
    const out: number[] = [];
    for (const [word] of text.matchAll(WORD_PATTERN)) {
      let ids = this.known.get(word);
      if (ids === undefined) {
        ids = this.tokenizer.encode(word);
        this.known.set(word, ids);
      }
      for (const id of ids) out.push(id);
    }
    return out;
  }
}
