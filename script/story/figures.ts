import { writeFile } from "node:fs/promises";
import { machine } from "../bench/bench.js";
import { versions } from "../bench/versions.js";
import type { Books } from "./books.js";
import type { Accuracy } from "./StoryContext.js";

/** The figures of one story, by the names that its JSON file gives them. */
export interface StoryFigures {
  readonly total_seconds: number;
  readonly story_seconds: number;
  readonly records: number;
  readonly contributors: number;
  readonly payers: number;
  readonly answers: number;
  readonly loss_before: number;
  readonly loss_after: number;
  readonly attribution_top1_true: number;
  readonly attribution_top1_generated: number;
  readonly bm25_top1_true: number;
  readonly bm25_top1_generated: number;
  readonly train_tokens_per_second: number;
  readonly answer_tokens_per_second: number;
}

export function accuracyFigures(accuracy: Accuracy) {
  return {
    attribution_top1_true: accuracy.attributionTrue,
    attribution_top1_generated: accuracy.attributionGenerated,
    bm25_top1_true: accuracy.bm25True,
    bm25_top1_generated: accuracy.bm25Generated,
  };
}

/** Writes `{machine, versions, figures, books}`; amounts of the books are decimal strings of base units. */
export async function writeFigures(file: string, figures: StoryFigures, books: Books): Promise<void> {
  const amounts = Object.fromEntries(Object.entries(books).map(([name, amount]) => [name, String(amount)]));
  const document = { machine: machine(), versions: await versions(), figures, books: amounts };
  await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
}
