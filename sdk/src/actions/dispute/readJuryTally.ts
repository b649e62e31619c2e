import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What a round of a hearing came to so far. */
export function readJuryTally(reader: ChainReader, dispute: bigint, round: 1 | 2) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.jury,
    abi: contractAbis.jury,
    functionName: "tallyOf",
    args: [dispute, round],
  });
}
