import { type Address, encodeAbiParameters, type Hex, keccak256, slice } from "viem";

/**
 * What a contribution is, for ever. The chain keeps a digest of it only: whoever decides on it, takes it back or refutes it
 * brings all of it. `ContributionCommitted` tells it. `licence` as 32 bytes, `committedAt` in seconds since 1970.
 */
export type Contribution = {
  readonly number: bigint;
  readonly datanet: bigint;
  readonly contributor: Address;
  readonly recordCount: number;
  /** Number of the Datanet's rules it was made under. */
  readonly rules: number;
  readonly committedAt: bigint;
  readonly recordsRoot: Hex;
  readonly licence: Hex;
  readonly dataHash: Hex;
};

const CONTRIBUTION = [
  { name: "number", type: "uint64" },
  { name: "datanet", type: "uint64" },
  { name: "contributor", type: "address" },
  { name: "recordCount", type: "uint32" },
  { name: "rules", type: "uint32" },
  { name: "committedAt", type: "uint64" },
  { name: "recordsRoot", type: "bytes32" },
  { name: "licence", type: "bytes32" },
  { name: "dataHash", type: "bytes32" },
] as const;

/** What the chain keeps of a contribution: the first 31 bytes of the hash over its ABI encoding. */
export function contributionDigest(contribution: Contribution): Hex {
  const { number, datanet, contributor, recordCount, rules, committedAt, recordsRoot, licence, dataHash } =
    contribution;
  const encoded = encodeAbiParameters(CONTRIBUTION, [
    number,
    datanet,
    contributor,
    recordCount,
    rules,
    committedAt,
    recordsRoot,
    licence,
    dataHash,
  ]);
  return slice(keccak256(encoded), 0, 31);
}
