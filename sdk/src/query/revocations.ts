import type { Hex } from "viem";
import { ALL_RECORDS, type Revocation } from "../hash/revocations.js";
import { numberId } from "./fields.js";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedRevocation = Revocation & {
  /** Its place among the Datanet's, from 1. */
  readonly sequence: bigint;
  readonly transaction: Hex;
};

/** All revocations of a Datanet, in their order: a version carries the first so many of them. */
export async function revocations(client: GraphClient, datanet: bigint): Promise<IndexedRevocation[]> {
  const rows = await readAll(
    client,
    "recordRevocations",
    `datanet: "${numberId(datanet)}"`,
    "sequence contribution { number } index transaction",
  );
  return rows
    .map((row) => ({
      sequence: row.bigint("sequence"),
      contribution: row.child("contribution").bigint("number"),
      index: Number(row.optionalBigint("index") ?? BigInt(ALL_RECORDS)),
      transaction: row.hex("transaction"),
    }))
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
}
