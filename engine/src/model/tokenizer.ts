import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { ModelError } from "./errors.js";

/** A byte-level BPE tokenizer, as `tokenizer.json` describes it. Adds no special tokens of its own. */
export class Tokenizer {
  private constructor(
    private readonly tokenizer: HuggingFaceTokenizer,
    readonly vocabulary: number,
    /** The token that ends a text. */
    readonly endToken: number,
  ) {}

  /** Reads `tokenizer.json` of a model folder. */
  static async load(modelDir: string): Promise<Tokenizer> {
    return Tokenizer.parse(await readFile(join(modelDir, "tokenizer.json"), "utf8"));
  }

  /** @throws ModelError `tokenizer_unsupported` when the text is not a tokenizer that can be read */
  static parse(json: string): Tokenizer {
    try {
      const description = JSON.parse(json) as { model: { vocab: Record<string, number> } };
      const tokenizer = new HuggingFaceTokenizer(description, { clean_up_tokenization_spaces: false });
      const tokens = new Set(Object.values(description.model.vocab));
      for (const added of tokenizer.get_added_tokens_decoder().keys()) tokens.add(added);
      return new Tokenizer(tokenizer, tokens.size, tokenizer.token_to_id("<|endoftext|>") ?? 0);
    } catch (cause) {
      throw new ModelError("tokenizer_unsupported", `tokenizer.json cannot be read: ${String(cause)}`, { cause });
    }
  }

  /** Tokens of a text; `decode(encode(text))` is the text. */
  encode(text: string): number[] {
    return text === "" ? [] : this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** Text of tokens. Bytes that are not UTF-8, as in a cut character, become U+FFFD. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return "";
    return this.tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }
}
