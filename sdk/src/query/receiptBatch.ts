import type { Address, Hex } from "viem";
import type { RowReader } from "./fields.js";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

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

/** All settled batches behind one, by number. @param after 0 for every batch. */
export async function receiptBatches(client: GraphClient, after = 0n): Promise<IndexedBatch[]> {
  return (await readAll(client, "receiptBatches", `number_gt: "${after}"`, FIELDS)).map(parse);
}

/** One batch, or null. */
export async function receiptBatch(client: GraphClient, number: bigint): Promise<IndexedBatch | null> {
  const rows = await readAll(client, "receiptBatches", `number: "${number}"`, FIELDS);
  return rows[0] === undefined ? null : parse(rows[0]);
}
