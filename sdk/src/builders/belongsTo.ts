/** The state of a receipt's case, as the receipt court tells it. */
export type CaseState = "none" | "open" | "cleared" | "struck";

/** Timestamps in seconds since 1970; 0 where nothing happened. */
export type ReceiptCase = { readonly state: CaseState; readonly openedAt: bigint; readonly closedAt: bigint };

export type Membership = {
  /** The epoch that is judged, and the one whose range holds the receipt's batch. */
  readonly epoch: bigint;
  readonly ownEpoch: bigint;
  /** Of the proposal, of the epoch before, and of the receipt's own epoch. */
  readonly asOf: bigint;
  readonly previousAsOf: bigint;
  readonly ownAsOf: bigint;
  readonly case: ReceiptCase;
  /** Timestamp at which the batch was voided, 0 when it stands. */
  readonly voidedAt: bigint;
};

/**
 * Whether a receipt belongs to an epoch, whose last batch is not before the receipt's: to its own, unless a case was open
 * when that was reckoned; then to the one in which the case was cleared. The same rule as the contract's.
 */
export function belongsTo(membership: Membership): boolean {
  const { epoch, ownEpoch, asOf, previousAsOf, ownAsOf, voidedAt } = membership;
  const { state, openedAt, closedAt } = membership.case;
  if (voidedAt !== 0n && voidedAt <= asOf) return false;
  const isOwn = epoch === ownEpoch;
  if (state === "none" || openedAt > ownAsOf) return isOwn;
  if (state !== "cleared" || closedAt > asOf) return false;
  return isOwn || closedAt > previousAsOf;
}
