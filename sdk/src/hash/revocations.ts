import { concat, type Hex, keccak256, numberToHex, zeroHash } from "viem";

/** Stands for all records of a contribution; no record has this index. */
export const ALL_RECORDS = 0xffff_ffff;

/** One revocation of a Datanet. `index`: the record's in its contribution, or `ALL_RECORDS`. */
export type Revocation = { readonly contribution: bigint; readonly index: number };

/** The hash over a Datanet's revocations in their order, as a version carries it. */
export function revocationsHash(revocations: readonly Revocation[]): Hex {
  return revocations.reduce<Hex>(
    (before, { contribution, index }) =>
      keccak256(concat([before, numberToHex(contribution, { size: 8 }), numberToHex(index, { size: 4 })])),
    zeroHash,
  );
}
