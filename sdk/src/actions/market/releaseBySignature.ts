import type { Hex } from "viem";
import type { Release } from "../../hash/types.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ReleaseBySignatureParameters = {
  readonly release: Release;
  /** The runner's, over `releaseTypedData`. */
  readonly signature: Hex;
};

/** As a channel's payer, takes unclaimed money back at once. @throws ContractRefusedError, TransactionFailedError */
export async function releaseBySignature(client: ChainClient, parameters: ReleaseBySignatureParameters) {
  const { release, signature } = parameters;
  const submitted = await submit(client, "inferenceMarket", "releaseBySignature", [release, signature]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ChannelReleased") };
}
