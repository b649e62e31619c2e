import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A contribution as the registry holds it. */
export function readContribution(reader: ChainReader, contribution: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.datanetRegistry,
    abi: contractAbis.datanetRegistry,
    functionName: "contributionOf",
    args: [contribution],
  });
}
