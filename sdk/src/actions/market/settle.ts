import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type SettleParameters = {
  /** Packed rows, see `IInferenceMarket`. */
  readonly rows: Hex;
  readonly receiptsRoot: Hex;
  /** SHA-256 of the batch file in the content store. */
  readonly dataHash: Hex;
  /** Number of the split configuration that was reckoned with. */
  readonly expectedConfig: number;
};

/**
 * Settles vouchers of the account's channels.
 *
 * @returns `event` is the batch, or null when every row was a replay and no batch was made.
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function settle(client: ChainClient, parameters: SettleParameters) {
  const { rows, receiptsRoot, dataHash, expectedConfig } = parameters;
  const submitted = await submit(client, "inferenceMarket", "settle", [rows, receiptsRoot, dataHash, expectedConfig]);
  const market = client.deployment.addresses.inferenceMarket.toLowerCase();
  const settled = submitted.receipt.logs.some((log) => log.address.toLowerCase() === market);
  return { ...submitted, event: settled ? eventOf(client, submitted, "inferenceMarket", "BatchSettled") : null };
}
