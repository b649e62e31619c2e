import type { Address, Hex } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedEpoch = {
  readonly number: bigint;
  readonly firstBatch: bigint;
  readonly lastBatch: bigint;
  readonly dataAmount: bigint;
  readonly state: "Open" | "Proposed" | "Final";
  readonly proposer: Address | null;
  readonly creditsRoot: Hex | null;
  readonly payoutsRoot: Hex | null;
  readonly dataHash: Hex | null;
  readonly total: bigint | null;
  readonly asOf: bigint | null;
  readonly finalizableAt: bigint | null;
  readonly finalizedIn: Hex | null;
};

/** All epochs, by number. */
export async function epochs(client: GraphClient): Promise<IndexedEpoch[]> {
  const rows = await readAll(
    client,
    "epoches", // graph-node forms this plural.
    "",
    "number firstBatch lastBatch dataAmount state proposer creditsRoot payoutsRoot dataHash total asOf finalizableAt finalizedIn",
  );
  return rows.map((row) => ({
    number: row.bigint("number"),
    firstBatch: row.bigint("firstBatch"),
    lastBatch: row.bigint("lastBatch"),
    dataAmount: row.bigint("dataAmount"),
    state: row.text("state") as IndexedEpoch["state"],
    proposer: row.optionalAddress("proposer"),
    creditsRoot: row.optionalHex("creditsRoot"),
    payoutsRoot: row.optionalHex("payoutsRoot"),
    dataHash: row.optionalHex("dataHash"),
    total: row.optionalBigint("total"),
    asOf: row.optionalBigint("asOf"),
    finalizableAt: row.optionalBigint("finalizableAt"),
    finalizedIn: row.optionalHex("finalizedIn"),
  }));
}
