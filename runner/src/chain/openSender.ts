/** Signs transactions of the runner's account without sending them, sends what was stored, and says what became of it. */
import { type ChainClient, gasLimit } from "@openledger/sdk";
import { type Address, type Hex, keccak256, type LocalAccount, parseTransaction } from "viem";
import type { OutboxTransaction } from "../store/BatchLedger.js";
import { askChain } from "./askChain.js";

/** Every method @throws RunnerError `chain_unavailable`. */
export interface Sender {
  /**
   * A replacement takes the nonce of what it replaces and pays more; where that nonce is used, or behind one that nobody uses,
   * it is a transaction of its own.
   */
  sign(call: { readonly to: Address; readonly data: Hex }, replaced?: OutboxTransaction): Promise<OutboxTransaction>;
  /** Sending it again is harmless. */
  send(transaction: OutboxTransaction): Promise<void>;
  /** How many transactions of the account are mined. */
  minedNonce(): Promise<number>;
}

/** A replacement must pay this much more than what it replaces, or nodes refuse it. */
const bumpPercent = 125n;

/** @param what What is sent, in a word, for what is said of failures. */
export function openSender(client: ChainClient & { readonly account: LocalAccount }, what: string): Sender {
  const { publicClient, account, deployment } = client;
  const minedNonce = () => publicClient.getTransactionCount({ address: account.address, blockTag: "latest" });
  return {
    sign: ({ to, data }, replaced) =>
      askChain(`what ${what}'s transaction needs`, async () => {
        const isAlive = replaced !== undefined && replaced.accountNonce >= (await minedNonce());
        const free = await publicClient.getTransactionCount({ address: account.address, blockTag: "pending" });
        // A reorganisation may have taken what used the nonces before: behind a gap nothing is ever mined.
        const nonce = isAlive && replaced.accountNonce < free ? replaced.accountNonce : free;
        const gas = gasLimit(await publicClient.estimateGas({ account, to, data }));
        const fees = await publicClient.estimateFeesPerGas();
        const least = isAlive ? feesOf(replaced) : undefined;
        const raw = await account.signTransaction({
          type: "eip1559",
          chainId: deployment.chainId,
          to,
          data,
          nonce,
          gas,
          maxFeePerGas: larger(fees.maxFeePerGas, least?.maxFeePerGas),
          maxPriorityFeePerGas: larger(fees.maxPriorityFeePerGas, least?.maxPriorityFeePerGas),
        });
        return { hash: keccak256(raw), raw, accountNonce: nonce };
      }),
    send: ({ hash, raw }) =>
      askChain(`the sending of ${what}`, async () => {
        try {
          await publicClient.sendRawTransaction({ serializedTransaction: raw });
        } catch (error) {
          // A node that has it already, in its pool or in a block, says so: it is sent.
          const isKnown = await publicClient.getTransaction({ hash }).then(
            () => true,
            () => false,
          );
          if (!isKnown) throw error;
        }
      }),
    minedNonce: () => askChain("the account's nonce", minedNonce),
  };
}

function feesOf({ raw }: OutboxTransaction): { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint } {
  const { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(raw);
  return {
    maxFeePerGas: (maxFeePerGas * bumpPercent) / 100n + 1n,
    maxPriorityFeePerGas: (maxPriorityFeePerGas * bumpPercent) / 100n + 1n,
  };
}

function larger(a: bigint, b = 0n): bigint {
  return a > b ? a : b;
}
