/**
 * Bounds what this oracle puts up in bonds of disputes and deposits of demands.
 *
 * What lies with the courts or was lost to them counts, what came back does not. It is reckoned from the followed chain, and
 * from what was noted before it was sent: neither a restart nor a reorganisation makes anything count twice or not at all.
 */
import type { Address } from "viem";
import type { Clock } from "../Clock.js";
import type { Log } from "../Log.js";
import type { CourtFacts } from "../store/CourtFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import type { OutlayLedger } from "../store/OutlayLedger.js";

export interface BudgetDeps {
  readonly courtFacts: Pick<CourtFacts, "outlays">;
  readonly outlays: Pick<OutlayLedger, "note" | "drop" | "noted">;
  readonly epochs: Pick<EpochLedger, "find">;
  readonly account: Address;
  /** Base units. */
  readonly limit: bigint;
  readonly clock: Clock;
  readonly log: Log;
}

export class Budget {
  constructor(private readonly deps: BudgetDeps) {}

  /**
   * Whether an amount may be spent; notes it.
   *
   * @param subject As `ChainFacts.outlays` names it once it is on the chain.
   */
  async take(subject: string, amount: bigint): Promise<boolean> {
    const { courtFacts, outlays, epochs, account, limit, clock, log } = this.deps;
    const spent = new Map(await outlays.noted());
    // What the chain tells replaces what was noted.
    for (const [known, net] of await courtFacts.outlays(account)) spent.set(known, net);
    const others = [...spent].reduce((sum, [known, net]) => (known === subject ? sum : sum + net), 0n);
    if (others + amount > limit) {
      const message =
        `The budget of ${limit} is exhausted: ${others} lie with the courts or were lost, ${subject} would cost ${amount}. ` +
        "It is left undone; raise COURT_BUDGET to go on.";
      if (await epochs.find(subject, "budget_exhausted", message, clock.now())) log.fault(message);
      return false;
    }
    await outlays.note(subject, amount, clock.now());
    return true;
  }

  /** Takes a note back: the contract refused it, nothing was sent. */
  async giveBack(subject: string): Promise<void> {
    await this.deps.outlays.drop(subject);
  }
}
