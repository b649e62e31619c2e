/** What a GGUF file of a byte-level BPE vocabulary must hold so that llama.cpp loads it. */
export interface DummyVocabulary {
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
  /** `llama_token_type`: 1 normal, 3 control. */
  readonly types: readonly number[];
}

/** `size` tokens: the 256 bytes in the letters of GPT-2 as far as there is room, then names without meaning. */
export function dummyVocabulary(size: number, endToken: number): DummyVocabulary {
  const bytes = byteLetters();
  const tokens = Array.from({ length: size }, (_, i) => (i === endToken ? "<|end|>" : (bytes[i] ?? `t${i}`)));
  return { tokens, merges: ["t h"], types: tokens.map((_, i) => (i === endToken ? 3 : 1)) };
}

/** The letter of each byte: itself where it prints, else one from U+0100 on (`bytes_to_unicode` of GPT-2). */
function byteLetters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(prints ? byte : next++);
  });
}
