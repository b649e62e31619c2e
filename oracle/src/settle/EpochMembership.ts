/** Which receipts belong to an epoch as of a timestamp, from the followed cases and voids and what the court says of them. */
import { belongsTo } from "@openledger/sdk";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { ChainFacts, FollowedEpoch, OpenedEpoch } from "../store/ChainFacts.js";
import type { CourtFacts, ReceiptPlace } from "../store/CourtFacts.js";

export interface MembershipSources {
  readonly facts: ChainFacts;
  readonly courtFacts: CourtFacts;
  readonly chain: ProtocolReader;
}

export interface Members {
  belongs(batch: bigint, receiptIndex: number): boolean;
  /** The epoch whose range holds a batch; undefined for a batch behind the newest epoch. */
  epochOf(batch: bigint): bigint | undefined;
  /** Receipts of earlier epochs that belong here, since their cases ended. */
  readonly moved: readonly ReceiptPlace[];
}

const allEpochs = 1_000_000;

/** @throws OracleError `chain_unavailable`, `database_unavailable` */
export async function membersOf(
  { facts, courtFacts, chain }: MembershipSources,
  epoch: OpenedEpoch,
  asOf: bigint,
): Promise<Members> {
  const cased = (await courtFacts.casedReceipts()).filter(({ batch }) => batch <= epoch.lastBatch);
  const voided = new Map<bigint, bigint>();
  // what was voided before the epoch and never had a case is no part of it anyway
  const casedBatches = new Set(cased.map(({ batch }) => batch));
  for (const batch of await courtFacts.voidBatches()) {
    if (batch >= epoch.firstBatch || casedBatches.has(batch)) voided.set(batch, await chain.voidedAt(batch));
  }
  const epochs = await facts.epochs(allEpochs);
  const ownEpochOf = (batch: bigint) => epochs.find((one) => one.firstBatch <= batch && batch <= one.lastBatch);
  const asOfOf = (one: FollowedEpoch) => (one.epoch === epoch.epoch ? asOf : (one.proposal?.asOf ?? 0n));
  const previous = epochs.find((one) => one.epoch === epoch.epoch - 1n);
  const previousAsOf = previous === undefined ? 0n : asOfOf(previous);

  const decided = new Map<string, boolean>();
  for (const { batch, receiptIndex } of cased) {
    const own = ownEpochOf(batch);
    if (own === undefined) continue;
    const isMember = belongsTo({
      epoch: epoch.epoch,
      ownEpoch: own.epoch,
      asOf,
      previousAsOf,
      ownAsOf: asOfOf(own),
      case: await chain.caseOf(batch, receiptIndex),
      voidedAt: voided.get(batch) ?? 0n,
    });
    decided.set(`${batch}/${receiptIndex}`, isMember);
  }

  return {
    belongs: (batch, receiptIndex) => {
      const known = decided.get(`${batch}/${receiptIndex}`);
      if (known !== undefined) return known;
      const voidedAt = voided.get(batch) ?? 0n;
      if (voidedAt !== 0n && voidedAt <= asOf) return false;
      return epoch.firstBatch <= batch && batch <= epoch.lastBatch;
    },
    epochOf: (batch) => ownEpochOf(batch)?.epoch,
    moved: cased.filter(
      ({ batch, receiptIndex }) => batch < epoch.firstBatch && decided.get(`${batch}/${receiptIndex}`) === true,
    ),
  };
}
