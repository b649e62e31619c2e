/** Forgets what stood behind batches whose trial is long over. */
import type { Log } from "../Log.js";
import type { DemandLedger } from "../store/DemandLedger.js";
import type { CourtChain } from "./CourtChain.js";

export interface EvidencePrunerDeps {
  readonly ledger: Pick<DemandLedger, "demands" | "kept" | "prune">;
  readonly chain: Pick<CourtChain, "clocks" | "timestampOf">;
  /** How long behind the end of a batch's trial what stood behind it is kept, seconds. */
  readonly keepSeconds: bigint;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

const pruneSeconds = 60;
const prunedAtOnce = 20;

export class EvidencePruner {
  #pruneAt = 0;

  constructor(private readonly deps: EvidencePrunerDeps) {}

  /**
   * Looks once a minute, oldest batches first; those with a demand stay.
   *
   * @param timestamp Of the newest block, seconds since 1970.
   * @throws RunnerError `chain_unavailable`, `database_unavailable`
   */
  async step(timestamp: bigint): Promise<void> {
    const { chain, ledger, keepSeconds, now, log } = this.deps;
    if (now() < this.#pruneAt) return;
    const { trial, reveal } = await chain.clocks();
    const demanded = new Set((await ledger.demands()).map(({ batch }) => batch));
    for (const { id, batch, block } of await ledger.kept(prunedAtOnce)) {
      const end = (await chain.timestampOf(block)) + trial + 2n * reveal + keepSeconds;
      if (timestamp < end || demanded.has(batch)) break;
      await ledger.prune(id);
      log("forgot what stood behind a batch whose trial is over", { batch });
    }
    this.#pruneAt = now() + pruneSeconds;
  }
}
