import type { Address, Hex } from "viem";
import type { ContributionState } from "../actions/datanet/readContributionState.js";
import { numberId, type RowReader } from "./fields.js";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedContribution = {
  readonly number: bigint;
  readonly datanet: bigint;
  readonly contributor: Address;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  /** SPDX identifier. */
  readonly licence: string;
  readonly dataHash: Hex;
  /** Number of the Datanet's rules it was made under. */
  readonly rules: number;
  readonly state: Exclude<ContributionState, "None">;
  /** Place among the accepted contributions of the Datanet, from 0; null until accepted. */
  readonly position: bigint | null;
  readonly committedIn: Hex;
  readonly decidedIn: Hex | null;
};

const FIELDS =
  "number datanet { number } contributor { id } recordsRoot recordCount licence dataHash rules state position committedIn decidedIn";

function parse(row: RowReader): IndexedContribution {
  return {
    number: row.bigint("number"),
    datanet: row.child("datanet").bigint("number"),
    contributor: row.child("contributor").address("id"),
    recordsRoot: row.hex("recordsRoot"),
    recordCount: row.int("recordCount"),
    licence: row.text("licence"),
    dataHash: row.hex("dataHash"),
    rules: row.int("rules"),
    state: row.text("state") as IndexedContribution["state"],
    position: row.optionalBigint("position"),
    committedIn: row.hex("committedIn"),
    decidedIn: row.optionalHex("decidedIn"),
  };
}

/** All contributions of a Datanet, by number. */
export async function contributions(client: GraphClient, datanet: bigint): Promise<IndexedContribution[]> {
  const rows = await readAll(client, "contributions", `datanet: "${numberId(datanet)}"`, FIELDS);
  return rows.map(parse);
}

/** The accepted contributions of a Datanet in the order of acceptance: a version holds the first so many of them. */
export async function acceptedContributions(client: GraphClient, datanet: bigint): Promise<IndexedContribution[]> {
  const all = await contributions(client, datanet);
  return all
    .filter(({ position }) => position !== null)
    .sort((a, b) => (a.position! < b.position! ? -1 : a.position! > b.position! ? 1 : 0));
}
