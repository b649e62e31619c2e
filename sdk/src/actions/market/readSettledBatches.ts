import type { Address, Hex } from "viem";
import type { Batch } from "../../hash/batch.js";
import { type BatchRecord, decodeBatchRecord } from "../../wire/batchRecord.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A batch as its event told it. */
export type SettledBatch = {
  readonly header: Batch;
  /** SHA-256 of its file in the content store. */
  readonly dataHash: Hex;
  /** Data parts of all batches up to and with it, base units. */
  readonly cumulativeData: bigint;
  readonly record: BatchRecord;
  readonly block: bigint;
  readonly blockHash: Hex;
  readonly transaction: Hex;
};

export type SettledBatchesFilter = {
  readonly numbers?: readonly bigint[];
  readonly runner?: Address;
  /** The deployment's first block unless said. */
  readonly fromBlock?: bigint;
  readonly toBlock?: bigint;
};

/** Batches in the order of their numbers. @throws MalformedDocumentError when an event is not the market's. */
export async function readSettledBatches(
  reader: ChainReader,
  filter: SettledBatchesFilter = {},
): Promise<readonly SettledBatch[]> {
  const { publicClient, deployment } = reader;
  if (filter.numbers?.length === 0) return [];
  const logs = await publicClient.getContractEvents({
    address: deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    eventName: "BatchSettled",
    args: {
      ...(filter.numbers === undefined ? {} : { batch: [...filter.numbers] }),
      ...(filter.runner === undefined ? {} : { runner: filter.runner }),
    },
    fromBlock: filter.fromBlock ?? BigInt(deployment.startBlock),
    ...(filter.toBlock === undefined ? {} : { toBlock: filter.toBlock }),
    strict: true,
  });
  const times = new Map<Hex, Promise<bigint>>();
  const timeOf = (blockHash: Hex): Promise<bigint> => {
    const known = times.get(blockHash) ?? publicClient.getBlock({ blockHash }).then(({ timestamp }) => timestamp);
    times.set(blockHash, known);
    return known;
  };
  return Promise.all(
    logs.map(async ({ args, blockNumber, blockHash, transactionHash }) => {
      const record = decodeBatchRecord(args);
      return {
        header: {
          number: args.batch,
          runner: args.runner,
          settledAt: await timeOf(blockHash),
          amount: args.amount,
          dataAmount: args.dataAmount,
          receiptsRoot: args.receiptsRoot,
          settlementsHash: record.settlementsHash,
        },
        dataHash: args.dataHash,
        cumulativeData: args.cumulativeData,
        record,
        block: blockNumber,
        blockHash,
        transaction: transactionHash,
      };
    }),
  );
}
