import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { readOptionalText, readText } from "./readText.js";
import { shortened, shown } from "./shown.js";

const FILE = "tokenizer.json";

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
    return Tokenizer.parse(await readText(join(modelDir, FILE)));
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
 * @throws ModelError `file_unreadable`; `tokenizer_unsupported` naming the largest token and the vocabulary
 */
export async function checkTokenizer(modelDir: string, { vocabulary }: Architecture): Promise<void> {
  const json = await readOptionalText(join(modelDir, FILE));
  if (json === undefined) return;
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
    const { vocab } = description.model;
    if (typeof vocab !== "object" || vocab === null) throw new Error(`its vocabulary is ${shown(vocab)}`);
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
  // By place: an added token without an id is bad, and its id is undefined.
  const bad = all.findIndex((id) => !Number.isSafeInteger(id) || (id as number) < 0);
  if (bad === -1 && all.length > 0) return all as number[];
  throw unreadable(new Error(all.length === 0 ? "it has no tokens" : `${shown(all[bad])} is no token`));
}

function cutsWords({ normalizer, pre_tokenizer: pre }: Description): boolean {
  return !normalizer && pre?.type === "ByteLevel" && pre.use_regex !== false && pre.add_prefix_space === false;
}

function unreadable(cause: unknown): ModelError {
  if (cause instanceof ModelError) return cause;
  // The library's messages may hold what it found, whatever its length.
  const why = cause instanceof Error ? cause.message : "it is not understood";
  return new ModelError("tokenizer_unsupported", `${FILE} cannot be read: ${shortened(why)}`, { cause });
}
