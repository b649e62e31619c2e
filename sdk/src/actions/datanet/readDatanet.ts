import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A Datanet as the registry holds it. */
export function readDatanet(reader: ChainReader, datanet: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.datanetRegistry,
    abi: contractAbis.datanetRegistry,
    functionName: "datanetOf",
    args: [datanet],
  });
}
