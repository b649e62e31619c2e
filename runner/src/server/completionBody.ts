/** The body of `/v1/completions`: OpenAI's names, what this runner serves of them, and nothing ignored in silence. */
import { z } from "zod";
import { RunnerError } from "../RunnerError.js";

export interface CompletionBody {
  readonly model: bigint;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperatureMilli: number;
  readonly topPMilli: number;
  readonly topK: number;
  readonly repetitionPenaltyMilli: number;
  readonly seed: `0x${string}`;
  /** At once, token by token, or with who shapes the answer as it comes. */
  readonly delivery: "whole" | "stream" | "stream-with-attribution";
}

const defaults = {
  max_tokens: 64,
  temperature: 1,
  top_p: 1,
  top_k: 0,
  repetition_penalty: 1,
  seed: `0x${"00".repeat(32)}`,
} as const;

const schema = z.strictObject({
  model: z.string().regex(/^[1-9][0-9]{0,19}$/, "is a model's number in decimal, as /v1/models lists it"),
  prompt: z
    .string()
    .min(1, "is empty")
    .refine((text) => !text.includes("\0") && !/\p{Surrogate}/u.test(text), "holds a NUL or half of a character"),
  max_tokens: z.int().min(1).max(32_768).default(defaults.max_tokens),
  temperature: z.number().min(0).max(2).default(defaults.temperature),
  top_p: z.number().gt(0).max(1).default(defaults.top_p),
  top_k: z.int().min(0).max(1_000_000).default(defaults.top_k),
  repetition_penalty: z.number().min(0.1).max(10).default(defaults.repetition_penalty),
  seed: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/, "is 0x and 64 lower-case hexadecimal digits")
    .default(defaults.seed),
  stream: z.boolean().default(false),
  stream_options: z
    .strictObject({
      include_attribution: z.boolean().default(false),
      include_usage: z.literal(true, "can only be true: the last chunk always has it").optional(),
    })
    .optional(),
  n: z.literal(1, "can only be 1").optional(),
  user: z.string().max(512).optional(),
});

/** @throws RunnerError `invalid_request`, `unsupported_parameter` */
export function parseCompletionBody(body: unknown): CompletionBody {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw refused(parsed.error);
  const value = parsed.data;
  return {
    model: uint64("model", value.model),
    prompt: value.prompt,
    maxTokens: value.max_tokens,
    temperatureMilli: thousandths("temperature", value.temperature),
    topPMilli: thousandths("top_p", value.top_p),
    topK: value.top_k,
    repetitionPenaltyMilli: thousandths("repetition_penalty", value.repetition_penalty),
    seed: value.seed as `0x${string}`,
    delivery: deliveryOf(value),
  };
}

function deliveryOf({ stream, stream_options: options }: z.output<typeof schema>): CompletionBody["delivery"] {
  if (!stream && options !== undefined) {
    throw new RunnerError("invalid_request", "stream_options goes with stream: true.", {
      retryable: false,
      param: "stream_options",
    });
  }
  if (!stream) return "whole";
  return options?.include_attribution === true ? "stream-with-attribution" : "stream";
}

/** The request's hash counts thousandths: a finer number would not be the one the payer signed. */
function thousandths(param: string, value: number): number {
  const milli = Math.round(value * 1000);
  if (Math.abs(value * 1000 - milli) < 1e-6 && (milli > 0 || value === 0)) return milli;
  throw new RunnerError("invalid_request", `${param} is ${value}; it has at most three decimal places.`, {
    retryable: false,
    param,
  });
}

function uint64(param: string, text: string): bigint {
  const value = BigInt(text);
  if (value < 1n << 64n) return value;
  throw new RunnerError("invalid_request", `${param} is ${text}; it is less than 2^64.`, { retryable: false, param });
}

function refused(error: z.ZodError): RunnerError {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") {
    const param = issue.keys[0] ?? "";
    return new RunnerError(
      "unsupported_parameter",
      `This runner does not serve "${param.slice(0, 64)}"; it knows ${Object.keys(schema.shape).join(", ")}.`,
      { retryable: false, param: param.slice(0, 64) },
    );
  }
  const param = issue?.path.join(".") ?? "";
  return new RunnerError("invalid_request", `${param === "" ? "The body" : param}: ${issue?.message ?? "wrong"}.`, {
    retryable: false,
    ...(param === "" ? {} : { param }),
  });
}
