import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A validators' round as the contract holds it. */
export function readRound(reader: ChainReader, round: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.datanetValidators,
    abi: contractAbis.datanetValidators,
    functionName: "roundOf",
    args: [round],
  });
}
