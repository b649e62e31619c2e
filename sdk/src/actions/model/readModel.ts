import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A registered model. */
export function readModel(reader: ChainReader, model: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.modelRegistry,
    abi: contractAbis.modelRegistry,
    functionName: "modelOf",
    args: [model],
  });
}
