/**
 * Sends transactions so that a kill at any moment neither loses one nor sends it twice.
 *
 * A transaction is signed and stored, then sent. What was stored and has not landed is sent again, the same bytes under
 * the same account nonce, so that at most one of it can ever land. When something else has become right to do meanwhile
 * (a reorganisation), it takes that nonce with a higher fee, and the stale one can no longer land beside it.
 *
 * One process owns an account: two would take each other's nonces.
 */
import { errorsAbi, gasLimit } from "@openledger/sdk";
import {
  type Abi,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  encodeFunctionData,
  type Hex,
  keccak256,
  type LocalAccount,
  type PublicClient,
} from "viem";
import type { Clock } from "../Clock.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { StoredTransaction, TransactionLedger } from "../store/TransactionLedger.js";

export interface ContractCall {
  /** What it does, with everything that decides its bytes. */
  readonly purpose: string;
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
}

export type Outcome =
  | { readonly kind: "done"; readonly hash: Hex }
  /** The contract would not take it now; nothing was sent. */
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "reverted"; readonly hash: Hex }
  /** Sent, and not yet in a block: call again. */
  | { readonly kind: "pending"; readonly hash: Hex };

export interface OutboxDeps {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly account: LocalAccount;
  readonly transactions: TransactionLedger;
  readonly clock: Clock;
  readonly log: Log;
}

const receiptPollMs = 150;
const receiptWaitMs = 20_000;
/** A node takes a replacement only for a tenth more. */
const replacementPercent = 125n;

export class Outbox {
  constructor(private readonly deps: OutboxDeps) {}

  get account(): Address {
    return this.deps.account.address;
  }

  /** @throws OracleError `chain_unavailable`, `database_unavailable` */
  async submit(call: ContractCall, signal: AbortSignal): Promise<Outcome> {
    return this.#ask(call.purpose, async () => {
      const waiting = await this.#reconcile(call.purpose);
      const same = waiting.find((transaction) => transaction.purpose === call.purpose);
      if (same !== undefined) {
        await this.#send(same);
        return this.#wait(same, signal);
      }
      const refusal = await this.#simulate(call);
      if (refusal !== undefined) return { kind: "refused", error: refusal };
      const signed = await this.#sign(call, waiting[0]);
      await this.deps.transactions.insert(signed, this.deps.clock.now());
      await this.#send(signed);
      return this.#wait(signed, signal);
    });
  }

  /** Brings stored states up to the chain's. @returns Those that may still land, lowest nonce first. */
  async #reconcile(purpose: string): Promise<readonly StoredTransaction[]> {
    const { client, transactions } = this.deps;
    const stored = await transactions.open(this.account, purpose);
    if (stored.length === 0) return [];
    const nextNonce = await client.getTransactionCount({ address: this.account, blockTag: "latest" });
    const waiting: StoredTransaction[] = [];
    for (const transaction of stored) {
      const receipt = await this.#receipt(transaction.hash);
      const landed = receipt === undefined ? undefined : receipt.status === "success" ? "done" : "reverted";
      // Its nonce is used by another, or it was given up.
      const gone = transaction.accountNonce < nextNonce || transaction.state === "replaced";
      const state = landed ?? (gone ? "replaced" : "sent");
      if (state !== transaction.state) await transactions.setState(transaction.hash, state);
      if (state === "sent") waiting.push(transaction);
    }
    return waiting;
  }

  async #simulate(call: ContractCall): Promise<string | undefined> {
    try {
      await this.deps.client.simulateContract({
        account: this.deps.account,
        address: call.address,
        abi: [...call.abi, ...errorsAbi],
        functionName: call.functionName,
        args: [...call.args],
      });
      return undefined;
    } catch (error) {
      const revert = error instanceof BaseError && error.walk((at) => at instanceof ContractFunctionRevertedError);
      if (!(revert instanceof ContractFunctionRevertedError)) throw error;
      const values = (revert.data?.args ?? []).map(String).join(", ");
      return revert.data === undefined ? (revert.reason ?? revert.shortMessage) : `${revert.data.errorName}(${values})`;
    }
  }

  /** @param stale What waits under the lowest nonce and must not land any more. */
  async #sign(call: ContractCall, stale: StoredTransaction | undefined): Promise<StoredTransaction> {
    const { client, account, chainId, transactions } = this.deps;
    const data = encodeFunctionData({ abi: call.abi, functionName: call.functionName, args: [...call.args] });
    const gas = gasLimit(await client.estimateGas({ account, to: call.address, data }));
    const fees = await client.estimateFeesPerGas();
    const nonce = stale?.accountNonce ?? (await client.getTransactionCount({ address: account.address }));
    const floor = stale === undefined ? 0n : (stale.maxFeePerGas * replacementPercent) / 100n + 1n;
    const maxFeePerGas = fees.maxFeePerGas > floor ? fees.maxFeePerGas : floor;
    const tip = stale === undefined ? fees.maxPriorityFeePerGas : maxFeePerGas;
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId,
      nonce,
      to: call.address,
      data,
      gas,
      maxFeePerGas,
      maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas,
    });
    if (stale !== undefined) {
      this.deps.log.info(`Replacing ${stale.purpose} (${stale.hash}) by ${call.purpose}.`);
      await transactions.setState(stale.hash, "replaced");
    }
    return {
      hash: keccak256(raw),
      purpose: call.purpose,
      account: account.address,
      accountNonce: nonce,
      raw,
      maxFeePerGas,
      state: "sent",
    };
  }

  /** A node that holds it already says so by an error; whether it landed is asked anyway. */
  async #send(transaction: StoredTransaction): Promise<void> {
    try {
      await this.deps.client.sendRawTransaction({ serializedTransaction: transaction.raw });
    } catch (error) {
      if (/already known|already imported|nonce too low|known transaction/i.test(String(error))) return;
      throw error;
    }
  }

  async #wait(transaction: StoredTransaction, signal: AbortSignal): Promise<Outcome> {
    const { clock, transactions, log } = this.deps;
    const { hash } = transaction;
    const end = clock.now().getTime() + receiptWaitMs;
    while (true) {
      const receipt = await this.#receipt(hash);
      if (receipt !== undefined) {
        const kind = receipt.status === "success" ? "done" : "reverted";
        await transactions.setState(hash, kind);
        log.info(`${transaction.purpose}: ${kind} in block ${receipt.blockNumber} (${hash}).`);
        return { kind, hash };
      }
      if (signal.aborted || clock.now().getTime() >= end) return { kind: "pending", hash };
      await clock.sleep(receiptPollMs, signal);
    }
  }

  async #receipt(hash: Hex) {
    const receipt = await this.deps.client.request({ method: "eth_getTransactionReceipt", params: [hash] });
    if (receipt == null || receipt.blockNumber == null) return undefined;
    return {
      status: receipt.status === "0x1" ? ("success" as const) : ("reverted" as const),
      blockNumber: BigInt(receipt.blockNumber),
    };
  }

  async #ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      if (cause instanceof OracleError) throw cause;
      const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
      throw new OracleError("chain_unavailable", `${what}: ${reason}`, { retryable: true, cause });
    }
  }
}
