import { setImmediate } from "node:timers/promises";
import { IndexIntake, TokenFile, type Tokenizer } from "@openledger/engine";
import type { VersionTexts } from "./VersionTexts.js";

/** Records after which others may have their turn. */
const TAKEN_TOGETHER = 256;

export interface TakenTokens {
  /** What the index takes of each record, nothing of one that was erased. Whoever has it closes it. */
  readonly tokens: TokenFile;
  /** The first in the version; undefined where none was. */
  readonly firstErased: number | undefined;
}

/**
 * What an index takes of a version's records, see `indexedRecords`, on disk.
 *
 * @param folder Where the tokens lie while they are used, in a file without a name
 * @throws those of `VersionTexts.read`; the system's error for a full disk
 */
export async function takeTokens(
  texts: VersionTexts,
  tokenizer: Pick<Tokenizer, "encode">,
  folder: string,
  signal: AbortSignal,
): Promise<TakenTokens> {
  const tokens = new TokenFile(folder, texts.length);
  const intake = new IndexIntake(tokenizer, { folder });
  try {
    let firstErased: number | undefined;
    let taken = 0;
    for await (const { place, text } of texts.read("commitment", signal)) {
      if (text === undefined) firstErased = Math.min(place, firstErased ?? place);
      tokens.put(place, intake.take(place, text ?? "").ids);
      if (++taken % TAKEN_TOGETHER !== 0) continue;
      await setImmediate();
      signal.throwIfAborted();
    }
    return { tokens, firstErased };
  } catch (error) {
    tokens.close();
    throw error;
  } finally {
    intake.close();
  }
}
