import type { Tokenizer } from "@openledger/engine";
import type { AskedText } from "../registered/readTexts.js";
import type { Query } from "../truth/scores.js";
import { CardError } from "./CardError.js";

/** Tokens of a text below which nothing is asked of it. */
const FEWEST_TOKENS = 16;

/**
 * What methods are asked for: of each text what follows its prompt, or its first quarter where it has none.
 *
 * @param count How many, evenly spread over the texts that are long enough
 * @param length Most tokens of one
 * @throws CardError `too_little` where no text is long enough
 */
export function askedQueries(
  texts: readonly AskedText[],
  tokenizer: Pick<Tokenizer, "encode">,
  { count, length }: { readonly count: number; readonly length: number },
): Query[] {
  const long = texts.flatMap(({ prompt, text }): Query[] => {
    const before = tokenizer.encode(prompt);
    const ids = [...before, ...tokenizer.encode(text)].slice(0, length);
    const from = before.length === 0 ? Math.floor(ids.length / 4) : before.length;
    return ids.length < FEWEST_TOKENS || from >= ids.length ? [] : [{ ids, from }];
  });
  if (long.length === 0) {
    throw new CardError("too_little", `none of the ${texts.length} texts has ${FEWEST_TOKENS} tokens and more to ask`);
  }
  const taken = Math.min(count, long.length);
  return Array.from({ length: taken }, (_, i) => long[Math.floor((i * long.length) / taken)]!);
}
