/** Lets contracts take bonds and deposits of this account, a few at a time: some of them can be upgraded. */
import { type Deployment, openTokenAbi } from "@openledger/sdk";
import type { Address } from "viem";
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

export interface Need {
  readonly amount: bigint;
  /** For which it is, in a word. */
  readonly what: string;
  /** Who takes it. */
  readonly spender: Address;
  /** What is approved at once when less than the amount is. */
  readonly approved: bigint;
}

/** `approving`: ask again; `missing`: this account does not hold it. */
export type Readiness = "ready" | "approving" | "missing";

/** What is approved at once, in bonds: the deposits of demands come out of the same. */
const approvedBonds = 8n;

export class Purse {
  constructor(private readonly deps: PurseDeps) {}

  /** Whether the oracle contract can take `amount` now; approves more when less is. @param what For which it is, in a word. */
  async has(amount: bigint, what: string, signal: AbortSignal): Promise<boolean> {
    const { chain, deployment } = this.deps;
    const approved = (await chain.bond()) * approvedBonds;
    const need = { amount, what, spender: deployment.addresses.attributionOracle, approved };
    return (await this.readiness(need, signal)) === "ready";
  }

  /** Whether a contract can take an amount now; approves more when less is. */
  async readiness({ amount, what, spender, approved }: Need, signal: AbortSignal): Promise<Readiness> {
    const { chain, outbox, deployment, epochs, clock, log } = this.deps;
    const { balance, allowance } = await chain.funds(outbox.account, spender);
    if (balance < amount) {
      const message = `The ${what} is ${amount}, ${outbox.account} holds ${balance}: send it OPEN.`;
      if (await epochs.find(`${what} ${amount}`, "money_missing", message, clock.now())) log.fault(message);
      return "missing";
    }
    if (allowance >= amount) return "ready";
    const outcome = await outbox.submit(
      {
        purpose: `approve ${spender} for ${approved}`,
        address: deployment.addresses.openToken,
        abi: openTokenAbi,
        functionName: "approve",
        args: [spender, approved],
      },
      signal,
    );
    return outcome.kind === "done" ? "ready" : "approving";
  }
}
