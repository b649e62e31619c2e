import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/**
 * The second from which (inclusive) a signer's vouchers do not settle for a payer: 0 for one that was never authorised, 2^64 − 1
 * for one that is and does not thaw.
 */
export function readSignerEnd(reader: ChainReader, payer: Address, signer: Address) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "signerEndOf",
    args: [payer, signer],
  });
}
