/** Something that runs a decoder. Tokens mean nothing: time does not depend on them. */
export interface Contestant {
  /** Reads a prompt of `length` tokens into each of `sequences` empty caches, and forgets what was open before. */
  open(sequences: number, length: number): Promise<void>;
  /** Goes on from there: `count` tokens of every sequence, greedily, all sequences in one step. */
  generate(count: number): Promise<void>;
  /** Reads a prompt of `length` tokens into an empty cache and chooses the next token. */
  prefill(length: number): Promise<void>;
  /** One pass over `prompt` + `answer` tokens, choosing the token at each position of the answer. */
  audit(prompt: number, answer: number): Promise<void>;
  close(): Promise<void>;
}

/** A prompt; sequences differ. */
export function promptTokens(length: number, vocabulary: number, sequence = 0): number[] {
  return Array.from({ length }, (_, i) => 1 + ((i * 7919 + sequence * 104_729) % (vocabulary - 1)));
}
