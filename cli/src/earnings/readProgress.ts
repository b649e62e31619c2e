import { query, readBatchCount, readEpoch, readEpochCount, readProposalCount } from "@openledger/sdk";
import type { Connection } from "../connect.js";
import type { CheckList } from "../trace/CheckList.js";

/** `EpochState` of the contract. */
export const EPOCH_STATES = ["None", "Open", "Proposed", "Final"] as const;

export type EpochOnChain = Awaited<ReturnType<typeof readEpoch>>;

/** How far epochs and batches are, by the chain alone: what an index can neither hide nor add to. */
export type Progress = {
  /** Number of the newest epoch; 0 before the first. */
  readonly epochs: bigint;
  /** All zeros before the first. */
  readonly newest: EpochOnChain;
  /** Number of the newest epoch that is proposed or final; 0 before the first. */
  readonly posted: bigint;
  /** Number of the newest final epoch; 0 before the first. */
  readonly final: bigint;
  /** Number of the newest proposal. */
  readonly proposals: bigint;
  /** Number of the newest settled batch; 0 before the first. */
  readonly batches: bigint;
};

/** Milliseconds in which an index that is behind may come up to the chain. */
const PATIENCE = 10_000;

/** The chain's progress, once the index has come as far; undefined, and a check failed, where the chain does not answer. */
export async function readProgress({ reader, graph }: Connection, checks: CheckList): Promise<Progress | undefined> {
  const found = await checks.attempt("progress", "the chain", async () => {
    // In this order nothing that happens meanwhile contradicts what was read before it.
    const [epochs, proposals] = await Promise.all([readEpochCount(reader), readProposalCount(reader)]);
    const newest = await readEpoch(reader, epochs);
    const batches = await readBatchCount(reader);
    const block = await reader.publicClient.getBlockNumber({ cacheTime: 0 });
    return { epochs, newest, proposals, batches, block };
  });
  if (found === undefined) return undefined;

  const { block, ...counts } = found;
  const indexed = await query.indexedBlock(graph);
  if (BigInt(indexed.number) < block) {
    await checks.attempt("index", `block ${block}`, () => query.waitForBlock(graph, block, { timeoutMs: PATIENCE }));
  }
  const state = EPOCH_STATES[counts.newest.state];
  const before = counts.epochs === 0n ? 0n : counts.epochs - 1n;
  return {
    ...counts,
    posted: state === "Proposed" || state === "Final" ? counts.epochs : before,
    final: state === "Final" ? counts.epochs : before,
  };
}
