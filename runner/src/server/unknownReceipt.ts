import type { Hex } from "viem";
import { RunnerError } from "../RunnerError.js";

export function unknownReceipt(hash: Hex): RunnerError {
  return new RunnerError("unknown_receipt", `This runner has no receipt ${hash}.`, { retryable: false });
}
