import type { Program } from "../exact/program/Program.js";
import { checkSamplingRule, SamplingError, sampleToken } from "../exact/sampling/index.js";
import { type Architecture, endsAnswer } from "../model/architecture.js";
import { beginContinuation } from "./Continuation.js";
import { RuntimeError } from "./errors.js";
import type { ProgramSessions } from "./ProgramSessions.js";
import type { GenerateRequest } from "./protocol.js";

/**
 * Generates an answer token by token. The sequence is end-of-text, then the prompt; the answer ends before the next
 * end-of-text or after `maxTokens`. One run reads the prompt, one more each token; what is drawn is a function of program,
 * prompt and rule alone.
 *
 * @returns how the answer ended
 * @throws RuntimeError `context_exceeded`, `invalid_request`, `model_unusable` where a logit is NaN
 */
export async function* generateTokens(
  sessions: ProgramSessions,
  program: Program,
  architecture: Architecture,
  request: GenerateRequest,
): AsyncGenerator<number, "stop" | "length"> {
  checkRequest(program, request);
  const { promptIds, maxTokens } = request;
  const sequence = await beginContinuation(sessions, program, 1 + promptIds.length + maxTokens);
  try {
    let logits = await sequence.read([architecture.endToken, ...promptIds]);
    // The end-of-text before the prompt is nobody's word: no penalty falls on it.
    const seen = new Set(promptIds);
    for (let position = 0; ; position++) {
      const token = sampleToken(logits, request, position, seen);
      if (endsAnswer(architecture, token)) return "stop";
      seen.add(token);
      yield token;
      if (position + 1 === maxTokens) return "length";
      logits = await sequence.step(token);
    }
  } finally {
    sequence.end();
  }
}

/** @throws RuntimeError `context_exceeded`, `invalid_request` */
export function checkRequest({ shape }: Program, request: GenerateRequest): void {
  const { promptIds, maxTokens } = request;
  const invalid = (field: string, wanted: string, found: unknown): RuntimeError =>
    new RuntimeError("invalid_request", `${field} must be ${wanted}, found ${String(found)}`);
  const isCount = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;

  const foreign = promptIds.find((id) => !isCount(id, shape.vocabulary - 1));
  if (foreign !== undefined) throw invalid("promptIds", `tokens below ${shape.vocabulary}`, foreign);
  if (!isCount(maxTokens, 2 ** 20) || maxTokens === 0) throw invalid("maxTokens", "a positive integer", maxTokens);
  try {
    checkSamplingRule(request);
  } catch (error) {
    if (error instanceof SamplingError) throw new RuntimeError("invalid_request", error.message, { cause: error });
    throw error;
  }
  const positions = 1 + promptIds.length + maxTokens;
  if (positions > shape.maxPositions) {
    throw new RuntimeError(
      "context_exceeded",
      `end-of-text, ${promptIds.length} prompt tokens and ${maxTokens} answer tokens need ${positions} positions, ` +
        `the model has ${shape.maxPositions}; shorten the prompt or lower max_tokens`,
    );
  }
}
