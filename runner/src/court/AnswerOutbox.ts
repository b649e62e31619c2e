/**
 * Transactions to the court: signed, stored, only then sent, and sent again until they land. A process that dies in between
 * sends what it stored.
 */
import type { Hex } from "viem";
import type { OutboxTransaction } from "../store/BatchLedger.js";
import type { DemandLedger, StoredDemand } from "../store/DemandLedger.js";
import type { CourtCall, CourtChain } from "./CourtChain.js";

export interface AnswerOutboxDeps {
  readonly ledger: Pick<DemandLedger, "setTransaction">;
  readonly chain: Pick<CourtChain, "sign" | "send" | "minedNonce">;
  /** Seconds since 1970. */
  readonly now: () => number;
}

const resendSeconds = 5;
const replaceSeconds = 30;

/** Every method that asks the chain or the books @throws RunnerError `chain_unavailable`, `database_unavailable`. */
export class AnswerOutbox {
  readonly #sent = new Map<Hex, { readonly first: number; readonly last: number }>();

  constructor(private readonly deps: AnswerOutboxDeps) {}

  /** Whether its nonce is used: it is mined, or another in its place. */
  async isLanded({ accountNonce }: OutboxTransaction): Promise<boolean> {
    return (await this.deps.chain.minedNonce()) > accountNonce;
  }

  /**
   * Sends what is stored again.
   *
   * @param isOvertaken Whether it would do nothing any more. That is asked only after a while: endpoints that do not see the same
   * block would otherwise have it replaced, at a higher price, again and again.
   * @returns Whether it may still land, so that no other is signed.
   */
  async push(transaction: OutboxTransaction, isOvertaken = () => false): Promise<boolean> {
    const sent = this.#sent.get(transaction.hash);
    const seconds = sent === undefined ? 0 : this.deps.now() - sent.first;
    if (seconds > replaceSeconds || (seconds > resendSeconds && isOvertaken())) return false;
    await this.#send(transaction);
    return true;
  }

  /** Signs, stores and sends a call that serves a demand. */
  async put(demand: StoredDemand, call: CourtCall, replaced?: OutboxTransaction): Promise<OutboxTransaction> {
    const transaction = await this.deps.chain.sign(call, replaced);
    await this.deps.ledger.setTransaction(demand, transaction);
    if (replaced !== undefined) this.#sent.delete(replaced.hash);
    await this.#send(transaction);
    return transaction;
  }

  /** What served a demand is no longer sent. */
  forget({ transaction }: StoredDemand): void {
    if (transaction !== undefined) this.#sent.delete(transaction.hash);
  }

  async #send(transaction: OutboxTransaction): Promise<void> {
    const now = this.deps.now();
    const sent = this.#sent.get(transaction.hash);
    if (sent !== undefined && now - sent.last < resendSeconds) return;
    this.#sent.set(transaction.hash, { first: sent?.first ?? now, last: now });
    await this.deps.chain.send(transaction);
  }
}
