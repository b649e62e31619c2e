/** Lets the oracle contract take bonds and deposits of this account, a few at a time: it can be upgraded. */
import { type Deployment, openTokenAbi } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import type { Outbox } from "./Outbox.js";

export interface PurseDeps {
  readonly deployment: Deployment;
  readonly chain: ProtocolReader;
  readonly epochs: EpochLedger;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is approved at once, in bonds: the deposits of demands come out of the same. */
const approvedBonds = 8n;

export class Purse {
  constructor(private readonly deps: PurseDeps) {}

  /** Whether `amount` can be taken now; approves more when less is. @param what For which it is, in a word. */
  async has(amount: bigint, what: string, signal: AbortSignal): Promise<boolean> {
    const { chain, outbox, deployment, epochs, clock, log } = this.deps;
    const { balance, allowance } = await chain.funds(outbox.account);
    if (balance < amount) {
      const message = `The ${what} is ${amount}, ${outbox.account} holds ${balance}: send it OPEN.`;
      if (await epochs.find(`${what} ${amount}`, "money_missing", message, clock.now())) log.fault(message);
      return false;
    }
    if (allowance >= amount) return true;
    const bond = await chain.bond();
    const outcome = await outbox.submit(
      {
        purpose: `approve the oracle contract for ${approvedBonds} bonds of ${bond}`,
        address: deployment.addresses.openToken,
        abi: openTokenAbi,
        functionName: "approve",
        args: [deployment.addresses.attributionOracle, bond * approvedBonds],
      },
      signal,
    );
    return outcome.kind === "done";
  }
}
