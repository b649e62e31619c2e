import type { Address, Hex } from "viem";
import type { RowReader } from "./fields.js";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";
import { readNewest } from "./readNewest.js";

export type IndexedBatch = {
  readonly number: bigint;
  readonly runner: Address;
  readonly receiptsRoot: Hex;
  readonly dataHash: Hex;
  readonly amount: bigint;
  readonly dataAmount: bigint;
  readonly cumulativeData: bigint;
  readonly block: bigint;
  readonly transaction: Hex;
};

const FIELDS = "number runner { id } receiptsRoot dataHash amount dataAmount cumulativeData block transaction";

function parse(row: RowReader): IndexedBatch {
  return {
    number: row.bigint("number"),
    runner: row.child("runner").address("id"),
    receiptsRoot: row.hex("receiptsRoot"),
    dataHash: row.hex("dataHash"),
    amount: row.bigint("amount"),
    dataAmount: row.bigint("dataAmount"),
    cumulativeData: row.bigint("cumulativeData"),
    block: row.bigint("block"),
    transaction: row.hex("transaction"),
  };
}

/** All settled batches, by number. */
export async function receiptBatches(client: GraphClient): Promise<IndexedBatch[]> {
  return (await readAll(client, "receiptBatches", "", FIELDS)).map(parse);
}

/** Batches up to a number, the newest first. @param last Inclusive. @param first How many at most, 1 to 1,000. */
export async function receiptBatchesUpTo(client: GraphClient, last: bigint, first: number): Promise<IndexedBatch[]> {
  return (await readNewest(client, "receiptBatches", last, first, FIELDS)).map(parse);
}

/** One batch, or null; never one of another number. */
export async function receiptBatch(client: GraphClient, number: bigint): Promise<IndexedBatch | null> {
  const [found] = await receiptBatchesUpTo(client, number, 1);
  return found?.number === number ? found : null;
}
