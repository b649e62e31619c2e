import type { Hex } from "viem";

/** An index as an owner claimed it. The chain takes any root and hash: that it is the Datanet's own it does not say. */
export interface IndexCommitment {
  readonly datanet: bigint;
  readonly version: number;
  readonly base: bigint;
  readonly root: Hex;
  /** SHA-256 of the index file. */
  readonly dataHash: Hex;
}

/** For messages: which it is. */
export function nameOf({ datanet, version, base }: IndexCommitment): string {
  return `Datanet ${datanet} version ${version} under base ${base}`;
}
