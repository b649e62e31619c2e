import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";

/** A tokenizer as `tokenizer.json` describes it. Adds no special tokens of its own. */
export class Tokenizer {
  private constructor(
    private readonly tokenizer: HuggingFaceTokenizer,
    /** Number of distinct tokens. */
    readonly vocabulary: number,
    /** Whether texts are cut by GPT-2's pattern before they are encoded, and by nothing else. */
    readonly cutsWords: boolean,
  ) {}

  /**
   * Reads `tokenizer.json` of a model folder.
   *
   * @throws ModelError `file_unreadable`, `tokenizer_unsupported`
   */
  static async load(modelDir: string): Promise<Tokenizer> {
    return Tokenizer.parse(await readTokenizer(modelDir));
  }

  /** @throws ModelError `tokenizer_unsupported` when the text is not a tokenizer that can be read */
  static parse(json: string): Tokenizer {
    const description = parseDescription(json);
    try {
      const tokenizer = new HuggingFaceTokenizer(description, { clean_up_tokenization_spaces: false });
      const tokens = new Set(tokensOf(description));
      return new Tokenizer(tokenizer, tokens.size, cutsWords(description));
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  /** Tokens of a text. Where the tokenizer is byte-level, `decode(encode(text))` is the text. */
  encode(text: string): number[] {
    return text === "" ? [] : this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** Text of tokens. Bytes that are not UTF-8, as in a cut character, become U+FFFD. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return "";
    return this.tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }
}

/**
 * Checks that every token of a folder's `tokenizer.json`, if it has one, is a row of the embedding table.
 *
 * @throws ModelError `tokenizer_unsupported` naming the largest token and the vocabulary
 */
export async function checkTokenizer(modelDir: string, { vocabulary }: Architecture): Promise<void> {
  let json: string;
  try {
    json = await readFile(join(modelDir, "tokenizer.json"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  let largest = -1;
  for (const token of tokensOf(parseDescription(json))) largest = Math.max(largest, token);
  if (largest < vocabulary) return;
  throw new ModelError(
    "tokenizer_unsupported",
    `${modelDir}/tokenizer.json has token ${largest}, config.json has a vocabulary of ${vocabulary}; ` +
      "the two are not of one model",
  );
}

/** The parts of `tokenizer.json` that are read here; the rest is the library's. */
interface Description {
  readonly model: { readonly vocab: unknown };
  readonly added_tokens?: unknown;
  readonly normalizer?: unknown;
  readonly pre_tokenizer?: {
    readonly type?: unknown;
    readonly use_regex?: unknown;
    readonly add_prefix_space?: unknown;
  };
}

function parseDescription(json: string): Description {
  try {
    const description = JSON.parse(json) as Description;
    if (typeof description.model.vocab !== "object") throw new Error("its model has no vocabulary");
    return description;
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** Every token, as the vocabulary (an object of tokens, or a list with scores) and the added tokens name them. */
function tokensOf({ model, added_tokens: added = [] }: Description): number[] {
  const { vocab } = model;
  const tokens = Array.isArray(vocab) ? vocab.keys() : Object.values(vocab as Record<string, unknown>);
  const all = [...tokens, ...(Array.isArray(added) ? added : [added]).map((entry) => (entry as { id?: unknown })?.id)];
  const bad = all.find((id) => !Number.isSafeInteger(id) || (id as number) < 0);
  if (bad === undefined && all.length > 0) return all as number[];
  throw unreadable(new Error(all.length === 0 ? "it has no tokens" : `${JSON.stringify(bad)} is no token`));
}

function cutsWords({ normalizer, pre_tokenizer: pre }: Description): boolean {
  return !normalizer && pre?.type === "ByteLevel" && pre.use_regex !== false && pre.add_prefix_space === false;
}

async function readTokenizer(modelDir: string): Promise<string> {
  const file = join(modelDir, "tokenizer.json");
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new ModelError("file_unreadable", `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function unreadable(cause: unknown): ModelError {
  return new ModelError("tokenizer_unsupported", `tokenizer.json cannot be read: ${String(cause)}`, { cause });
}
