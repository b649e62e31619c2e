import { seedRecords } from "../../seedRecords.js";
import { BenchError } from "../BenchError.js";

/** Tokens of a window; each is predicted from those before it. */
export const WINDOW = 256;
const WINDOWS = 120;
const RECORDS_PER_PACKAGE = 80;

export interface HeldOutText {
  /** `WINDOW` + 1 tokens each: the last is only predicted, the first only read. */
  readonly windows: readonly (readonly number[])[];
  /** Other text of the same packages, one stream. */
  readonly rest: readonly number[];
}

/**
 * Real text that the shipped base was not trained on: documentation and source of the packages of the first Datanet. Every
 * second record goes into windows at even distances, the others into a stream; an end token stands before each record.
 */
export async function heldOutText(endToken: number): Promise<HeldOutText> {
  const { tokenizer, contributions } = await seedRecords(RECORDS_PER_PACKAGE);
  const streamOf = (half: 0 | 1): number[] =>
    contributions.flatMap(({ records }) =>
      records.filter((_, i) => i % 2 === half).flatMap(({ text }) => [endToken, ...tokenizer.encode(text)]),
    );
  const stream = streamOf(1);
  const stride = Math.floor((stream.length - WINDOW - 1) / (WINDOWS - 1));
  if (stride < WINDOW) {
    const asked = `quality is measured on ${WINDOWS * WINDOW} tokens, the seed packages gave ${stream.length}`;
    throw new BenchError("text_missing", `${asked}; run npm ci`, false);
  }
  const windows = Array.from({ length: WINDOWS }, (_, i) => stream.slice(i * stride, i * stride + WINDOW + 1));
  return { windows, rest: streamOf(0) };
}
