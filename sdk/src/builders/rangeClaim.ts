import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { Payout } from "../hash/types.js";
import type { EpochFile } from "../wire/epochFile.js";
import { keptPayoutTree } from "./payoutClaim.js";

/** Leaves that the distributor's `claimRange` takes at most. */
export const MAXIMUM_RANGE = 256;

/** The arguments of the distributor's `claimRange`. */
export type RangeClaim = {
  readonly stream: bigint;
  readonly root: Hex;
  readonly firstIndex: bigint;
  readonly count: bigint;
  readonly leaves: readonly Payout[];
  readonly siblings: readonly Hex[];
};

/**
 * What pays `length` neighbours of an epoch's pay-out tree in one transaction.
 *
 * @param first Place of the first leaf, from 0. @param length 1 to 256.
 * @throws InvalidValueError when the tree does not hold the range or it is too long.
 */
export function rangeClaim(file: Pick<EpochFile, "stream" | "payouts">, first: number, length: number): RangeClaim {
  if (length > MAXIMUM_RANGE) throw new InvalidValueError("length", `at most ${MAXIMUM_RANGE}`, length);
  const tree = keptPayoutTree(file);
  const leaves = file.payouts.slice(first, first + length);
  return { stream: file.stream, root: tree.root, ...tree.rangeProof(first, length), leaves };
}
