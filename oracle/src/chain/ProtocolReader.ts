/** What the contracts say at the newest block: asked again before every transaction. */
import {
  attributionOracleAbi,
  type BatchOpening,
  type CaseState,
  type ChainReader,
  type Deployment,
  datanetValidatorsAbi,
  inferenceMarketAbi,
  juryAbi,
  modelRegistryAbi,
  openTokenAbi,
  type ReceiptCase,
  type RoundRules,
  readBatchOpening,
  readDemandPrice,
  readRules,
  readSettledBatches,
  receiptCourtAbi,
  rewardDistributorAbi,
  type SettledBatch,
  stakingManagerAbi,
} from "@openledger/sdk";
import {
  type Address,
  BaseError,
  type ContractFunctionArgs,
  ContractFunctionRevertedError,
  type Hex,
  type PublicClient,
} from "viem";
import { OracleError } from "../OracleError.js";

export type EpochState = "none" | "open" | "proposed" | "final";

export interface EpochOnChain {
  readonly firstBatch: bigint;
  readonly lastBatch: bigint;
  readonly state: EpochState;
  readonly creditsRoot: Hex;
  readonly payoutsRoot: Hex;
  readonly finalizableAt: bigint;
  /** Leaves may be demanded until then (exclusive), each for the deposit. */
  readonly demandsEnd: bigint;
  readonly demandDeposit: bigint;
}

export interface CourtClocks {
  readonly trial: bigint;
  readonly reveal: bigint;
}

/** How validators decide on contributions, and seconds in which they have to. */
export type ScoringRules = RoundRules & { readonly decisionPeriod: number };

const states: readonly EpochState[] = ["none", "open", "proposed", "final"];
const caseStates: readonly CaseState[] = ["none", "open", "cleared", "struck"];
/** Timestamps kept in memory: they never change. */
const keptTimestamps = 20_000;
/** Rules kept in memory: a number's rules never change once they are in force. */
const keptRules = 1000;
const oracleRole = 2;

/** Every method @throws OracleError `chain_unavailable`. */
export class ProtocolReader {
  readonly #timestamps = new Map<Hex, bigint>();
  readonly #rules = new Map<string, ScoringRules | undefined>();
  #courtClocks: CourtClocks | undefined;

  constructor(
    private readonly client: PublicClient,
    private readonly deployment: Deployment,
  ) {}

  /** Timestamp of the newest block, seconds since 1970. */
  async now(): Promise<bigint> {
    return this.#ask("the newest block", async () => (await this.client.getBlock()).timestamp);
  }

  /** Timestamp of the block of a number, seconds since 1970. */
  async timestampAt(number: bigint): Promise<bigint> {
    return this.#ask(`block ${number}`, async () => (await this.client.getBlock({ blockNumber: number })).timestamp);
  }

  /** Timestamp of a block, seconds since 1970. */
  async timestamp(blockHash: Hex): Promise<bigint> {
    const known = this.#timestamps.get(blockHash);
    if (known !== undefined) return known;
    const { timestamp } = await this.#ask(`block ${blockHash}`, () => this.client.getBlock({ blockHash }));
    if (this.#timestamps.size >= keptTimestamps) this.#timestamps.clear();
    this.#timestamps.set(blockHash, timestamp);
    return timestamp;
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

  /** The market's chain of headers behind a batch, zero where it is not pinned. */
  async batchChainAt(batch: bigint): Promise<Hex> {
    return this.#ask(`the chain at batch ${batch}`, () =>
      this.client.readContract({
        address: this.deployment.addresses.inferenceMarket,
        abi: inferenceMarketAbi,
        functionName: "batchChainAt",
        args: [batch],
      }),
    );
  }

  /** Data part of a model's fees at a timestamp, basis points; undefined when there was no such model. */
  async dataBpsAt(model: bigint, timestamp: bigint): Promise<number | undefined> {
    return this.#ask(`the revenue of model ${model}`, async () => {
      try {
        const { dataBps } = await this.client.readContract({
          address: this.deployment.addresses.modelRegistry,
          abi: modelRegistryAbi,
          functionName: "revenueAt",
          args: [model, timestamp],
        });
        return dataBps;
      } catch (error) {
        const revert = error instanceof BaseError && error.walk((at) => at instanceof ContractFunctionRevertedError);
        // An answer in words is one, as the court takes it: there was no such model.
        if (revert instanceof ContractFunctionRevertedError && revert.data !== undefined) return undefined;
        throw error;
      }
    });
  }

  /** What a range of claims would pay now, base units. */
  async rangeAmount(
    account: Address,
    args: ContractFunctionArgs<typeof rewardDistributorAbi, "nonpayable", "claimRange">,
  ): Promise<bigint> {
    return this.#ask("what a range of claims would pay", async () => {
      const { result } = await this.client.simulateContract({
        account,
        address: this.deployment.addresses.rewardDistributor,
        abi: rewardDistributorAbi,
        functionName: "claimRange",
        args,
      });
      return result;
    });
  }

  async caseOf(batch: bigint, receiptIndex: number): Promise<ReceiptCase> {
    return this.#ask(`the case of receipt ${receiptIndex} of batch ${batch}`, async () => {
      const found = await this.client.readContract({
        ...this.#court,
        functionName: "caseOf",
        args: [batch, receiptIndex],
      });
      return { ...found, state: caseStates[found.state] ?? "none" };
    });
  }

  /** 0 while the batch stands; else the timestamp at which it was struck whole. */
  async voidedAt(batch: bigint): Promise<bigint> {
    return this.#ask(`whether batch ${batch} stands`, () =>
      this.client.readContract({ ...this.#court, functionName: "voidedAt", args: [batch] }),
    );
  }

  /** Seconds in which a batch's receipts are demanded and tried, and in which a demand is answered. They never change. */
  async courtClocks(): Promise<CourtClocks> {
    this.#courtClocks ??= await this.#ask("the court's clocks", async () => ({
      trial: await this.client.readContract({ ...this.#court, functionName: "trialPeriod" }),
      reveal: await this.client.readContract({ ...this.#court, functionName: "revealPeriod" }),
    }));
    return this.#courtClocks;
  }

  /** What a dispute costs its filer now, base units. */
  async disputeBond(): Promise<bigint> {
    return this.#ask("the jury's terms", async () => {
      const { bond } = await this.client.readContract({ ...this.#jury, functionName: "terms" });
      return bond;
    });
  }

  /** Seconds in which a first verdict may be appealed. */
  async appealPeriod(): Promise<bigint> {
    return this.#ask("the jury's clocks", async () => {
      const { appeal } = await this.client.readContract({ ...this.#jury, functionName: "clocks" });
      return appeal;
    });
  }

  /** What the next demand of a batch costs, of one receipt or of all (`WHOLE_BATCH`), base units. */
  async demandPrice(batch: bigint, index: number): Promise<bigint> {
    return this.#ask(`what a demand of batch ${batch} costs`, () => readDemandPrice(this.#reader, batch, index));
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

  /** A Datanet's rules of a number that is or was in force; undefined where its owner decides. */
  async roundRules(datanet: bigint, number: number): Promise<ScoringRules | undefined> {
    const key = `${datanet}/${number}`;
    if (this.#rules.has(key)) return this.#rules.get(key);
    const { rules } = await this.#ask(`rules ${number} of Datanet ${datanet}`, () =>
      readRules(this.#reader, datanet, number),
    );
    const { rounds, decisionPeriod } = rules;
    const found = rounds === undefined ? undefined : { ...rounds, decisionPeriod };
    if (this.#rules.size >= keptRules) this.#rules.clear();
    this.#rules.set(key, found);
    return found;
  }

  /** Whether an account may commit in a round now. */
  async isValidator(round: bigint, account: Address): Promise<boolean> {
    return this.#ask(`who may score in round ${round}`, () =>
      this.client.readContract({
        address: this.deployment.addresses.datanetValidators,
        abi: datanetValidatorsAbi,
        functionName: "isValidator",
        args: [round, account],
      }),
    );
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

  /** What the account holds, and what a contract may take of it, base units. */
  async funds(account: Address, spender: Address): Promise<{ readonly balance: bigint; readonly allowance: bigint }> {
    const token = { address: this.deployment.addresses.openToken, abi: openTokenAbi } as const;
    return this.#ask("the oracle's funds", async () => ({
      balance: await this.client.readContract({ ...token, functionName: "balanceOf", args: [account] }),
      allowance: await this.client.readContract({ ...token, functionName: "allowance", args: [account, spender] }),
    }));
  }

  get #reader(): ChainReader {
    return { publicClient: this.client as ChainReader["publicClient"], deployment: this.deployment };
  }

  get #court() {
    return { address: this.deployment.addresses.receiptCourt, abi: receiptCourtAbi } as const;
  }

  get #jury() {
    return { address: this.deployment.addresses.jury, abi: juryAbi } as const;
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
