/** Opens headers of batches against the market's chain: made of the followed events, checked by the contract. */
import { type Batch, type BatchOpening, EMPTY_CHAIN, openBatch, PIN_INTERVAL, settlementsHash } from "@openledger/sdk";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { ChainFacts, SettledBatch } from "../store/ChainFacts.js";

/** An epoch's opening pins its last batch as well. */
const pinInterval = BigInt(PIN_INTERVAL);

export class BatchOpener {
  constructor(
    private readonly facts: ChainFacts,
    private readonly chain: ProtocolReader,
  ) {}

  /** @param lastBatch Of the epoch that holds the batch: it is pinned. @throws OracleError `chain_unavailable` */
  async open(number: bigint, lastBatch: bigint): Promise<BatchOpening> {
    const multiple = ((number + pinInterval - 1n) / pinInterval) * pinInterval;
    const pinned = multiple < lastBatch ? multiple : lastBatch;
    const before = ((number - 1n) / pinInterval) * pinInterval;
    const headers: Batch[] = [];
    for (const batch of await this.facts.batches(before + 1n, pinned)) headers.push(await this.#header(batch));
    const chainBefore = before === 0n ? EMPTY_CHAIN : await this.chain.batchChainAt(before);
    return openBatch({ chainBefore, headers }, number);
  }

  async #header({ batch, blockHash, runner, amount, dataAmount, receiptsRoot }: SettledBatch): Promise<Batch> {
    return {
      number: batch,
      runner,
      settledAt: await this.chain.timestamp(blockHash),
      amount,
      dataAmount,
      receiptsRoot,
      settlementsHash: settlementsHash(await this.facts.settlements(batch)),
    };
  }
}
