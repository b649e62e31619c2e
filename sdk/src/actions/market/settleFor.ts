import type { Hex } from "viem";
import type { SettleFor } from "../../hash/types.js";
import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";
import { batchEventOf } from "./settle.js";

export type SettleForParameters = {
  readonly order: SettleFor;
  /** Packed rows, see `IInferenceMarket`. */
  readonly rows: Hex;
  /** The runner's, over `settleForTypedData`, 65 bytes. */
  readonly signature: Hex;
};

/**
 * Settles for a runner by its signature.
 *
 * @returns `event` is the batch, or null when every row was a replay and no batch was made.
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function settleFor(client: ChainClient, parameters: SettleForParameters) {
  const { order, rows, signature } = parameters;
  const submitted = await submit(client, "inferenceMarket", "settleFor", [order, rows, signature]);
  return { ...submitted, event: batchEventOf(client, submitted) };
}
