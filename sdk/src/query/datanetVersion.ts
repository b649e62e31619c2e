import type { Hex } from "viem";
import { RowReader, versionId } from "./fields.js";
import { type GraphClient, queryGraph } from "./queryGraph.js";

export type IndexedVersion = {
  readonly datanet: bigint;
  readonly version: number;
  readonly root: Hex;
  readonly contributionCount: bigint;
  readonly recordCount: bigint;
  /** The Datanet's revocations by then: what they name is no part of the version. */
  readonly revocationCount: bigint;
  readonly revocationsHash: Hex;
  readonly transaction: Hex;
  readonly indexes: readonly {
    readonly base: bigint;
    readonly root: Hex;
    readonly dataHash: Hex;
    readonly transaction: Hex;
  }[];
};

/** A Datanet version with the indexes committed for it, or null when there is none. */
export async function datanetVersion(
  client: GraphClient,
  datanet: bigint,
  version: number,
): Promise<IndexedVersion | null> {
  const data = await queryGraph(
    client,
    `query($id: ID!) { datanetVersion(id: $id) { root contributionCount recordCount revocationCount revocationsHash transaction
      indexes { base { number } root dataHash transaction } } }`,
    { id: versionId(datanet, version) },
  );
  const row = new RowReader(data, "data").optionalChild("datanetVersion");
  if (row === null) return null;
  return {
    datanet,
    version,
    root: row.hex("root"),
    contributionCount: row.bigint("contributionCount"),
    recordCount: row.bigint("recordCount"),
    revocationCount: row.bigint("revocationCount"),
    revocationsHash: row.hex("revocationsHash"),
    transaction: row.hex("transaction"),
    indexes: row.children("indexes").map((index) => ({
      base: index.child("base").bigint("number"),
      root: index.hex("root"),
      dataHash: index.hex("dataHash"),
      transaction: index.hex("transaction"),
    })),
  };
}
