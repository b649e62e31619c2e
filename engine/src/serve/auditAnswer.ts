import type { Program } from "../exact/program/Program.js";
import { sampleToken } from "../exact/sampling/index.js";
import { type Architecture, endsAnswer } from "../model/architecture.js";
import { checkRequest } from "./generation.js";
import { integers } from "./integers.js";
import type { ProgramSessions, RunningProgram } from "./ProgramSessions.js";
import type { AuditRequest, OutputFault } from "./protocol.js";

/** Rows of a run: their logits are in memory at once. */
const STRIDE = 128;

/**
 * Whether an answer is the one that `generateTokens` gives: all its positions in a few parallel runs, each token drawn
 * again from its logits. Costs a fraction of generating it.
 *
 * @returns the first token that is another, or undefined
 * @throws RuntimeError `context_exceeded`, `invalid_request`, `model_unusable`
 */
export async function* auditAnswer(
  sessions: ProgramSessions,
  program: Program,
  architecture: Architecture,
  request: AuditRequest,
): AsyncGenerator<undefined, OutputFault | undefined> {
  checkRequest(program, request);
  const { outputIds, maxTokens } = request;
  if (outputIds.length > maxTokens) {
    return { index: maxTokens, expected: "the end of the answer", found: outputIds[maxTokens]! };
  }
  const running = await sessions.of(program);
  try {
    return yield* drawAgain(running, program, architecture, request);
  } finally {
    running.done();
  }
}

async function* drawAgain(
  { exact, tables }: RunningProgram,
  program: Program,
  architecture: Architecture,
  request: AuditRequest,
): AsyncGenerator<undefined, OutputFault | undefined> {
  const { promptIds, outputIds, maxTokens } = request;
  const { vocabulary } = program.shape;
  const cache = exact.newCache();
  // What is no token is found false before anything that comes of reading it counts.
  const readable = outputIds.map((id) => (isToken(id, vocabulary) ? id : architecture.endToken));
  const sequence = [architecture.endToken, ...promptIds, ...readable];
  const seen = new Set(promptIds);
  // The row after an answer that was not cut must draw its end.
  const rows = promptIds.length + Math.min(outputIds.length + 1, maxTokens);
  for (let from = 0; from < rows; from += STRIDE) {
    const to = Math.min(from + STRIDE, rows);
    const first = Math.max(from, promptIds.length);
    const wanted = Array.from({ length: Math.max(0, to - first) }, (_, i) => first + i - from);
    const result = await exact.run({
      tokens: sequence.slice(from, to),
      count: 1,
      cache: { of: cache, first: 0 },
      // A run without a wanted row has no head to compute.
      wanted: wanted.length === 0 ? [to - from - 1] : wanted,
      tables,
    });
    cache.append(result, 0, 1, to - from);
    for (const [i] of wanted.entries()) {
      const index = first + i - promptIds.length;
      const logits = integers(result.logits.subarray(i * vocabulary, (i + 1) * vocabulary));
      const drawn = sampleToken(logits, request, index, seen);
      const found = outputIds[index];
      const expected = endsAnswer(architecture, drawn) ? undefined : drawn;
      if (expected !== found) return { index, expected: expected ?? "the end of the answer", found };
      if (found !== undefined) seen.add(found);
    }
    yield undefined;
  }
  return undefined;
}

function isToken(id: number, vocabulary: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < vocabulary;
}
