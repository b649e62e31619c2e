import type { Hex } from "viem";
import { settlementExpectation } from "../../wire/settlementExpectation.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, type Submitted, submit } from "../submit.js";

export type SettleParameters = {
  /** Packed rows, see `IInferenceMarket`. */
  readonly rows: Hex;
  readonly receiptsRoot: Hex;
  /** SHA-256 of the batch file in the content store. */
  readonly dataHash: Hex;
  /** The split configuration that was reckoned with: its `configCode`. */
  readonly expectedConfig: number;
  /**
   * What the rows settle in all, base units: refused when it is another, as where an earlier settlement of the same channels was
   * dropped, whose amounts this one would take with it. Undefined: any amount.
   */
  readonly expectedAmount?: bigint;
};

/**
 * Settles vouchers of the account's channels.
 *
 * @returns `event` is the batch, or null when every row was a replay and no batch was made.
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function settle(client: ChainClient, parameters: SettleParameters) {
  const { rows, receiptsRoot, dataHash, expectedConfig, expectedAmount } = parameters;
  const expected = settlementExpectation(expectedConfig, expectedAmount);
  const submitted = await submit(client, "inferenceMarket", "settle", [rows, receiptsRoot, dataHash, expected]);
  return { ...submitted, event: batchEventOf(client, submitted) };
}

/** The batch that a settlement made; null when it made none: then the market said nothing. */
export function batchEventOf(client: ChainClient, submitted: Submitted) {
  const market = client.deployment.addresses.inferenceMarket.toLowerCase();
  const settled = submitted.receipt.logs.some((log) => log.address.toLowerCase() === market);
  return settled ? eventOf(client, submitted, "inferenceMarket", "BatchSettled") : null;
}
