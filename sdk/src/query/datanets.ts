import type { Address, Hex } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedDatanet = {
  readonly number: bigint;
  readonly owner: Address;
  readonly name: string;
  readonly contributionCount: bigint;
  readonly recordCount: bigint;
  readonly revocationCount: bigint;
  /** Base units: fees of undecided contributions, the owner's credit, the validators' reserve. */
  readonly feesHeld: bigint;
  readonly ownerCredit: bigint;
  readonly reserve: bigint;
  readonly versionCount: number;
  readonly transaction: Hex;
};

/** All Datanets, by number. */
export async function datanets(client: GraphClient): Promise<IndexedDatanet[]> {
  const fields =
    "number owner name contributionCount recordCount revocationCount feesHeld ownerCredit reserve versionCount transaction";
  const rows = await readAll(client, "datanets", "", fields);
  return rows.map((row) => ({
    number: row.bigint("number"),
    owner: row.address("owner"),
    name: row.text("name"),
    contributionCount: row.bigint("contributionCount"),
    recordCount: row.bigint("recordCount"),
    revocationCount: row.bigint("revocationCount"),
    feesHeld: row.bigint("feesHeld"),
    ownerCredit: row.bigint("ownerCredit"),
    reserve: row.bigint("reserve"),
    versionCount: row.int("versionCount"),
    transaction: row.hex("transaction"),
  }));
}
