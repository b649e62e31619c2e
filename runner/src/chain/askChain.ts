import { BaseError } from "viem";
import { RunnerError } from "../RunnerError.js";

/** Asks a node; a node that does not answer is a retryable `chain_unavailable`, whatever form the failure has. */
export async function askChain<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    const found = error.shortMessage.split("\n")[0];
    throw new RunnerError("chain_unavailable", `Asked the chain for ${what}: ${found} Try again.`, {
      retryable: true,
      cause: error,
    });
  }
}
