import type { Address, Hex } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedStream = {
  readonly number: bigint;
  readonly allocator: Address;
  readonly funded: bigint;
  readonly allocated: bigint;
  readonly claimed: bigint;
  readonly root: Hex | null;
};

/** All reward streams, by number. */
export async function streams(client: GraphClient): Promise<IndexedStream[]> {
  const rows = await readAll(client, "streams", "", "number allocator funded allocated claimed root");
  return rows.map((row) => ({
    number: row.bigint("number"),
    allocator: row.address("allocator"),
    funded: row.bigint("funded"),
    allocated: row.bigint("allocated"),
    claimed: row.bigint("claimed"),
    root: row.optionalHex("root"),
  }));
}
