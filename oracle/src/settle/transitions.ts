/**
 * The life of an epoch as one table: what stands, and what this oracle does about it.
 *
 * The situation is read from the followed chain and this oracle's own verdicts each time anew, so a step can be cut off
 * anywhere and taken again. Whether its transaction is still right is asked of the chain itself before it is sent.
 */
import type { BatchState } from "../store/BatchLedger.js";
import type { FollowedEpoch, Place } from "../store/ChainFacts.js";

/** What stands. */
export type Situation =
  /** No batch with data fees lies behind the last epoch, or they are being read. */
  | { readonly kind: "nothing_to_open" }
  /** The batches behind the last epoch hold data fees, and are judged or have waited long enough. */
  | { readonly kind: "batches_ready"; readonly next: bigint; readonly newestBatch: Place }
  /** Some of the epoch's batches are not judged yet. */
  | { readonly kind: "batches_unread"; readonly epoch: FollowedEpoch }
  /** Open, everything judged: its lists can be built. */
  | { readonly kind: "epoch_ready"; readonly epoch: FollowedEpoch }
  /** Proposed, and it can still be refuted. */
  | { readonly kind: "window_open"; readonly epoch: FollowedEpoch }
  /** Proposed, and nobody refuted it in time. */
  | { readonly kind: "window_passed"; readonly epoch: FollowedEpoch; readonly isJudged: boolean };

export type Transition = "wait" | "open" | "propose" | "finalise";

export const transitions: Readonly<Record<Situation["kind"], Transition>> = {
  nothing_to_open: "wait",
  batches_ready: "open",
  batches_unread: "wait",
  epoch_ready: "propose",
  window_open: "wait",
  window_passed: "finalise",
};

export interface SettlementState {
  /** Undefined before the first. */
  readonly newest: FollowedEpoch | undefined;
  /** Batches behind the newest epoch. */
  readonly pending: { readonly newest: Place | undefined; readonly dataAmount: bigint; readonly isReady: boolean };
  /** Whether each batch of the newest epoch is judged. */
  readonly isNewestJudged: boolean;
  /** Timestamp of the newest block, seconds since 1970. */
  readonly now: bigint;
}

/** How long batches that are being read hold back the opening of an epoch that will hold them. */
const openingPatienceMs = 120_000;

/**
 * Whether an epoch over these batches may be opened: when all are judged, which is soon when nobody hinders it, and
 * always once the first has waited. Else a runner could stop every epoch with one new unreadable batch after the other.
 */
export function isReadyToOpen(
  batches: readonly { readonly batch: bigint }[],
  states: readonly Pick<BatchState, "batch" | "state" | "firstTriedAt">[],
  now: Date,
): boolean {
  const first = states.find(({ batch }) => batch === batches[0]?.batch);
  if (first !== undefined && now.getTime() - first.firstTriedAt.getTime() >= openingPatienceMs) return true;
  return areJudged(batches, states);
}

export function areJudged(
  batches: readonly { readonly batch: bigint }[],
  states: readonly Pick<BatchState, "batch" | "state">[],
): boolean {
  const judged = new Set(states.filter(({ state }) => state !== "reading").map(({ batch }) => batch));
  return batches.every(({ batch }) => judged.has(batch));
}

export function situationOf({ newest, pending, isNewestJudged, now }: SettlementState): Situation {
  if (newest === undefined || newest.stage === "final") {
    const next = (newest?.epoch ?? 0n) + 1n;
    if (pending.newest === undefined || pending.dataAmount === 0n || !pending.isReady)
      return { kind: "nothing_to_open" };
    return { kind: "batches_ready", next, newestBatch: pending.newest };
  }
  if (newest.stage === "open") return { kind: isNewestJudged ? "epoch_ready" : "batches_unread", epoch: newest };
  const finalizableAt = newest.proposal?.finalizableAt ?? 0n;
  if (now < finalizableAt) return { kind: "window_open", epoch: newest };
  return { kind: "window_passed", epoch: newest, isJudged: isNewestJudged };
}
