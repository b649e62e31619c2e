import type { VersionIndex } from "./kernel/VersionIndex.js";

/**
 * The text of a record around the part that matched, for people to read.
 *
 * @param span From `AttributedRecord`.
 * @param options.maxTokens Most tokens shown; the span is kept in the middle. Default 48.
 */
export function excerpt(
  tokenizer: { decode(ids: readonly number[]): string },
  index: VersionIndex,
  recordIndex: bigint | number,
  span: readonly [number, number],
  options: { readonly maxTokens?: number } = {},
): string {
  const ids = index.ids(Number(recordIndex));
  const { maxTokens = 48 } = options;
  const [from, to] = span;
  const spare = Math.max(0, maxTokens - (to - from));
  const start = Math.max(0, from - Math.floor(spare / 2));
  const end = Math.min(ids.length, Math.max(to, start + maxTokens));
  return tokenizer.decode([...ids.subarray(start, end)]).trim();
}
