/** What the contracts say at the newest block: asked again before every transaction. */
import {
  attributionOracleAbi,
  type BatchOpening,
  type ChainReader,
  type Deployment,
  inferenceMarketAbi,
  openTokenAbi,
  readBatchOpening,
  readSettledBatches,
  type SettledBatch,
  stakingManagerAbi,
} from "@openledger/sdk";
import type { Address, Hex, PublicClient } from "viem";
import { OracleError } from "../OracleError.js";

export type EpochState = "none" | "open" | "proposed" | "final";

export interface EpochOnChain {
  readonly firstBatch: bigint;
  readonly lastBatch: bigint;
  readonly state: EpochState;
  readonly creditsRoot: Hex;
  readonly payoutsRoot: Hex;
  readonly finalizableAt: bigint;
}

const states: readonly EpochState[] = ["none", "open", "proposed", "final"];
const oracleRole = 2;

/** Every method @throws OracleError `chain_unavailable`. */
export class ProtocolReader {
  constructor(
    private readonly client: PublicClient,
    private readonly deployment: Deployment,
  ) {}

  /** Timestamp of the newest block, seconds since 1970. */
  async now(): Promise<bigint> {
    return this.#ask("the newest block", async () => (await this.client.getBlock()).timestamp);
  }

  async epoch(epoch: bigint): Promise<EpochOnChain> {
    return this.#ask(`epoch ${epoch}`, async () => {
      const found = await this.client.readContract({
        ...this.#oracle,
        functionName: "epochOf",
        args: [epoch],
      });
      return { ...found, state: states[found.state] ?? "none" };
    });
  }

  async bond(): Promise<bigint> {
    return this.#ask("the bond", () => this.client.readContract({ ...this.#oracle, functionName: "bond" }));
  }

  /** Ascending by number; fewer than asked for where the chain has no more. */
  async batches(first: bigint, last: bigint): Promise<readonly SettledBatch[]> {
    const numbers = Array.from({ length: Number(last - first + 1n) }, (_, at) => first + BigInt(at));
    return this.#ask(`batches ${first} to ${last}`, () => readSettledBatches(this.#reader, { numbers }));
  }

  /** A batch's header as proofs take it; undefined while none of it is pinned. */
  async batchOpening(batch: bigint): Promise<BatchOpening | undefined> {
    return this.#ask(`the chain of batch ${batch}`, () => readBatchOpening(this.#reader, batch));
  }

  /** Whose money a channel holds; the zero address of a channel that was never opened. */
  async payerOf(channel: Hex): Promise<Address> {
    return this.#ask(`channel ${channel}`, async () => {
      const { payer } = await this.client.readContract({
        address: this.deployment.addresses.inferenceMarket,
        abi: inferenceMarketAbi,
        functionName: "channelOf",
        args: [channel],
      });
      return payer;
    });
  }

  async isActiveOracle(account: Address): Promise<boolean> {
    return this.#ask("the oracle's stake", () =>
      this.client.readContract({
        address: this.deployment.addresses.stakingManager,
        abi: stakingManagerAbi,
        functionName: "isActive",
        args: [account, oracleRole],
      }),
    );
  }

  /** What the account holds, and what the oracle contract may take of it, base units. */
  async funds(account: Address): Promise<{ readonly balance: bigint; readonly allowance: bigint }> {
    const token = { address: this.deployment.addresses.openToken, abi: openTokenAbi } as const;
    const spender = this.deployment.addresses.attributionOracle;
    return this.#ask("the oracle's funds", async () => ({
      balance: await this.client.readContract({ ...token, functionName: "balanceOf", args: [account] }),
      allowance: await this.client.readContract({ ...token, functionName: "allowance", args: [account, spender] }),
    }));
  }

  get #reader(): ChainReader {
    return { publicClient: this.client as ChainReader["publicClient"], deployment: this.deployment };
  }

  get #oracle() {
    return { address: this.deployment.addresses.attributionOracle, abi: attributionOracleAbi } as const;
  }

  async #ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
      throw new OracleError("chain_unavailable", `Asked the chain for ${what}: ${reason}`, { retryable: true, cause });
    }
  }
}
