import { readFile } from "node:fs/promises";
import { type Tokenizer, WordEncoder } from "@openledger/engine";
import { canonicalJsonBytes } from "@openledger/sdk";
import { CHUNKER_VERSION } from "../seed/chunk.js";
import { collectSeed } from "../seed/collect.js";
import { seedPackages } from "../seed/packages.js";
import { HELD_OUT_PER_PACKAGE, RECORD_TOKENS, RECORDS_PER_PACKAGE } from "../story/seedDatanet.js";
import { RegisteredModelError } from "./RegisteredModelError.js";

/** A text that records have a standing for. Of an answer only what was written after its prompt counts. */
export interface AskedText {
  readonly prompt: string;
  readonly text: string;
}

/**
 * Texts from a file: a JSON array of strings, or of objects with `text` and, of answers, `prompt`.
 *
 * @throws RegisteredModelError `no_texts` when it is none, or empty
 */
export async function readTexts(path: string): Promise<AskedText[]> {
  const refuse = (found: string, cause?: unknown) =>
    new RegisteredModelError(
      "no_texts",
      `${path}: expected a JSON array of texts, or of {"prompt", "text"}, found ${found}`,
      {
        cause,
      },
    );
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  if (!Array.isArray(document) || document.length === 0) throw refuse("something else, or none");
  return document.map((item: unknown, i) => {
    if (typeof item === "string") return { prompt: "", text: item };
    const { text, prompt = "" } = (item ?? {}) as { text?: unknown; prompt?: unknown };
    if (typeof text !== "string" || typeof prompt !== "string") throw refuse(`another value as the ${i + 1}. of them`);
    return { prompt, text };
  });
}

/** The texts as a file that `readTexts` reads, the same for everybody. */
export function encodeTexts(texts: readonly AskedText[]): Uint8Array {
  return canonicalJsonBytes(texts.map(({ prompt, text }) => ({ prompt, text })));
}

/**
 * What `npm start` kept from training: pieces of the same packages that are no records.
 *
 * @param split Of the model's manifest
 * @throws RegisteredModelError `no_texts` for a model that kept other texts, which only its maker has
 */
export async function seedTexts(
  split: { readonly [name: string]: unknown },
  tokenizer: Tokenizer,
): Promise<AskedText[]> {
  const expected = `${HELD_OUT_PER_PACKAGE} pieces of each package, evenly spread`;
  if (split.chunker !== CHUNKER_VERSION || split.heldOut !== expected) {
    throw new RegisteredModelError(
      "no_texts",
      "the model was not trained by npm start; give it texts with --texts FILE",
    );
  }
  const encoder = new WordEncoder(tokenizer);
  const kept = [];
  for (const seed of await seedPackages()) {
    const { heldOut } = await collectSeed(seed, {
      limits: { maxTokens: RECORD_TOKENS, minBytes: 200 },
      recordsPerPackage: RECORDS_PER_PACKAGE,
      heldOutPerPackage: HELD_OUT_PER_PACKAGE,
      countTokens: (piece) => encoder.encode(piece).length,
    });
    kept.push(...heldOut);
  }
  return kept.map(({ text }) => ({ prompt: "", text }));
}
