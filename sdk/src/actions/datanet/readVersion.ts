import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A published version. */
export function readVersion(reader: ChainReader, datanet: bigint, version: number) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.datanetRegistry,
    abi: contractAbis.datanetRegistry,
    functionName: "versionOf",
    args: [datanet, version],
  });
}
