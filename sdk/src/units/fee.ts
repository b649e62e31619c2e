import { InvalidValueError } from "../errors/InvalidValueError.js";

/** Price of a model's answers, base units. */
export type Price = {
  readonly perRequest: bigint;
  readonly perPromptToken: bigint;
  readonly perOutputToken: bigint;
};

/** Largest amount that the contracts store. */
export const MAX_AMOUNT: bigint = (1n << 96n) - 1n;

/**
 * Fee of an answer: `perRequest + promptTokens · perPromptToken + outputTokens · perOutputToken`, base units.
 *
 * @throws InvalidValueError when it exceeds 96 bits or a count is no unsigned integer.
 */
export function answerFee(
  price: Price,
  tokens: { readonly promptTokens: number; readonly outputTokens: number },
): bigint {
  for (const field of ["promptTokens", "outputTokens"] as const) {
    const count = tokens[field];
    if (!Number.isSafeInteger(count) || count < 0) throw new InvalidValueError(field, "a count of tokens", count);
  }
  const fee =
    price.perRequest +
    BigInt(tokens.promptTokens) * price.perPromptToken +
    BigInt(tokens.outputTokens) * price.perOutputToken;
  if (fee < 0n || fee > MAX_AMOUNT) throw new InvalidValueError("fee", "an unsigned integer of 96 bits", fee);
  return fee;
}
