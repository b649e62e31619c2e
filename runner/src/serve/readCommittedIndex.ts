import { type ChainReader, datanetRegistryAbi } from "@openledger/sdk";
import { type Hex, hexToBigInt } from "viem";
import { askChain } from "../chain/askChain.js";

/** A version under the base that an index is of, by its number. */
export interface IndexedVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly base: bigint;
}

export interface CommittedIndex {
  readonly root: Hex;
  /** SHA-256 of the index file. */
  readonly dataHash: Hex;
}

/**
 * The index that a Datanet's owner committed for a version under a base, once and for all; undefined before.
 *
 * @throws RunnerError `chain_unavailable`
 */
export async function readCommittedIndex(
  reader: ChainReader,
  { datanet, version, base }: IndexedVersion,
): Promise<CommittedIndex | undefined> {
  const [root, dataHash] = await askChain("an index", () =>
    reader.publicClient.readContract({
      address: reader.deployment.addresses.datanetRegistry,
      abi: datanetRegistryAbi,
      functionName: "indexOf",
      args: [datanet, version, base],
    }),
  );
  return hexToBigInt(root) === 0n ? undefined : { root, dataHash };
}
