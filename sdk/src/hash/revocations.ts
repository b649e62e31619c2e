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

/** A record of a version: which of its contributions holds it, and its index there. */
export type RecordPlace = { readonly contribution: number; readonly index: number };

/**
 * The records of a version in their order: those of its contributions, one after the other, less what is revoked. Indexes,
 * shares and receipts count over these.
 *
 * @param contributions Those of the version, in the order of acceptance.
 * @param revocations The first `revocationCount` of the Datanet.
 */
export function versionRecords(
  contributions: readonly { readonly number: bigint; readonly recordCount: number }[],
  revocations: readonly Revocation[],
): RecordPlace[] {
  const revoked = new Map<bigint, Set<number>>();
  for (const { contribution, index } of revocations) {
    const of = revoked.get(contribution) ?? new Set();
    revoked.set(contribution, of.add(index));
  }
  return contributions.flatMap(({ number, recordCount }, contribution) => {
    const gone = revoked.get(number);
    if (gone?.has(ALL_RECORDS)) return [];
    const all = Array.from({ length: recordCount }, (_, index) => ({ contribution, index }));
    return gone === undefined ? all : all.filter(({ index }) => !gone.has(index));
  });
}
