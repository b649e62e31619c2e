import {
  compileModel,
  conform,
  ExactModel,
  integerLogits,
  loadModel,
  type Program,
  referenceRun,
  StepEngine,
  StepModel,
  TIERS,
} from "@openledger/engine";
import { BASE_DIR } from "../../seedRecords.js";
import { promptTokens } from "../contest/Contestant.js";
import { Comparison } from "./Comparison.js";

const SEQUENCES = 8;
const LENGTH = 64;
/** Of the first sequence; the interpreter makes a few tokens a second. */
const REFERENCE_LENGTH = 24;

/**
 * Logits of the shipped base in every precision that are compared bit by bit with those of one pass over each sequence on one
 * thread: token by token on kernels and on graphs, in parts, all sequences at once, on two threads, and by the reference.
 */
export async function equalityFigures(report: (line: string) => void): Promise<Record<string, number>> {
  const model = await loadModel(BASE_DIR);
  const comparison = new Comparison();
  for (const tier of TIERS) {
    report(`equality: ${tier}`);
    await compare(compileModel(model, { tier }), comparison);
  }
  return {
    equality_logits: comparison.compared,
    equality_differences: comparison.different,
  };
}

async function compare(program: Program, comparison: Comparison): Promise<void> {
  const { vocabulary } = program.shape;
  const texts = Array.from({ length: SEQUENCES }, (_, i) => promptTokens(LENGTH, vocabulary, i));
  const all = Array.from({ length: LENGTH }, (_, i) => i);
  const rowsOf = (logits: Float32Array): Int32Array[] =>
    Array.from({ length: logits.length / vocabulary }, (_, row) =>
      integerLogits(logits.subarray(row * vocabulary, (row + 1) * vocabulary)),
    );

  let expected: Int32Array[][] | undefined;
  for (const threads of [1, 2]) {
    const exact = await ExactModel.open(program, await conform({ provider: "cpu", threads }, program));
    const passes: Int32Array[][] = [];
    for (const tokens of texts) passes.push(rowsOf((await exact.run({ tokens, count: 1, wanted: all })).logits));
    if (expected === undefined) expected = passes;
    else comparison.add(passes.flat(), expected.flat());

    const together = await exact.run({
      tokens: texts.flat(),
      count: SEQUENCES,
      wanted: Array.from({ length: SEQUENCES * LENGTH }, (_, i) => i),
    });
    comparison.add(rowsOf(together.logits), expected.flat());

    const cache = exact.newCache(SEQUENCES);
    for (const [sequence, text] of texts.entries()) {
      const half = await exact.prefill(text.slice(0, LENGTH / 2), cache, sequence);
      comparison.add(rowsOf(half), [expected[sequence]![LENGTH / 2 - 1]!]);
    }
    for (let position = LENGTH / 2; position < LENGTH; position++) {
      const logits = await exact.step(
        texts.map((text) => text[position]!),
        cache,
      );
      comparison.add(
        rowsOf(logits),
        expected.map((rows) => rows[position]!),
      );
    }
    await exact.release();
  }

  const steps = new StepModel(new StepEngine(), program);
  for (const [i, text] of texts.entries()) {
    const sequence = steps.newSequence(LENGTH);
    for (const [position, token] of text.entries()) {
      comparison.add([steps.step(sequence, token)], [expected![i]![position]!]);
    }
    sequence.release();
  }
  const { logits } = referenceRun(program, texts[0]!.slice(0, REFERENCE_LENGTH));
  comparison.add(logits, expected![0]!.slice(0, REFERENCE_LENGTH));
}
