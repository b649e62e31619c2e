import type { Address, Hex } from "viem";
import type { Contribution } from "../../hash/contributionDigest.js";

/** What `ContributionCommitted` tells. */
export type ContributionCommitted = {
  readonly contribution: bigint;
  readonly datanet: bigint;
  readonly contributor: Address;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  readonly licence: Hex;
  readonly dataHash: Hex;
  readonly rules: number;
  readonly committedAt: bigint;
};

/** The contribution that an event committed, as later calls bring it. */
export function contributionOf({ contribution, ...rest }: ContributionCommitted): Contribution {
  return { number: contribution, ...rest };
}
