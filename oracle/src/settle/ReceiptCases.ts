/**
 * Keeps out of an epoch what this oracle finds false. The epoch court takes a receipt that was passed over for a fault, unless
 * a case of it was open at the proposal's `asOf`, or its batch is void.
 */
import type { Clock } from "../Clock.js";
import type { Log } from "../Log.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { OpenedEpoch } from "../store/ChainFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";

export interface ReceiptCases {
  /**
   * Sees to a case of each receipt of the epoch that this oracle does not credit.
   *
   * @returns Whether all of them are open, so that an `asOf` from now on keeps these receipts out. Nothing is proposed before.
   */
  exclude(epoch: OpenedEpoch, signal: AbortSignal): Promise<boolean>;
}

export interface UnfiledCasesDeps {
  readonly batches: BatchLedger;
  readonly epochs: EpochLedger;
  readonly clock: Clock;
  readonly log: Log;
}

/** Files none: says which receipts are passed over at the proposer's risk. */
export class UnfiledCases implements ReceiptCases {
  constructor(private readonly deps: UnfiledCasesDeps) {}

  async exclude({ epoch, firstBatch, lastBatch }: OpenedEpoch): Promise<boolean> {
    const { batches, epochs, clock, log } = this.deps;
    const disputed = (await batches.disputed(firstBatch, lastBatch)).length;
    const refused = (await batches.states(firstBatch, lastBatch)).filter(({ state }) => state === "refused").length;
    if (disputed + refused > 0) {
      const message =
        `Epoch ${epoch}: ${disputed} receipts and ${refused} batches are passed over without a case. ` +
        "Whoever can show their shares can refute the proposal.";
      if (await epochs.find(`epoch ${epoch}`, "passed_over", message, clock.now())) log.fault(message);
    }
    return true;
  }
}
