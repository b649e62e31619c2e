import type { Address } from "viem";
import { numberToHex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { RowReader } from "./fields.js";
import { type GraphClient, queryGraph } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedContributor = {
  readonly account: Address;
  readonly contributionCount: bigint;
  /** Records that were accepted. */
  readonly recordCount: bigint;
  /** Of these, those that were not revoked since: its reputation, which decisions on records change, and no rating. */
  readonly standingCount: bigint;
  /** All that was paid to it, base units. */
  readonly claimed: bigint;
};

const FIELDS = "contributionCount recordCount standingCount claimed";
/** The greatest account of a pool, see `isPoolAccount`. */
const LAST_POOL = numberToHex(2n ** 64n - 1n, { size: 20 });
/** Most rows of a leaderboard: a page. */
const MOST_ROWS = 1000;

/** Everybody who contributed or was paid, pools included (a pool's account is its Datanet's number). */
export async function contributors(client: GraphClient): Promise<IndexedContributor[]> {
  return (await readAll(client, "contributors", "", FIELDS)).map(contributorOf);
}

/** One of them, or null when it neither contributed nor was paid. */
export async function contributor(client: GraphClient, account: Address): Promise<IndexedContributor | null> {
  const data = await queryGraph(client, `query($id: ID!) { contributor(id: $id) { id ${FIELDS} } }`, {
    id: account.toLowerCase(),
  });
  const row = new RowReader(data, "data").optionalChild("contributor");
  return row === null ? null : contributorOf(row);
}

/**
 * The contributors with most of something that was settled, the greatest first, equals by account; without pools.
 *
 * @param by Records that stand, or base units that were paid.
 * @param first 1 to 1,000
 * @throws InvalidValueError
 */
export async function leaderboard(
  client: GraphClient,
  { by, first }: { readonly by: "standingCount" | "claimed"; readonly first: number },
): Promise<IndexedContributor[]> {
  if (!Number.isInteger(first) || first < 1 || first > MOST_ROWS) {
    throw new InvalidValueError("first", `1 to ${MOST_ROWS}`, first);
  }
  const data = await queryGraph(
    client,
    `query($after: Bytes!) { contributors(first: ${first}, orderBy: ${by}, orderDirection: desc, where: { id_gt: $after }) { id ${FIELDS} } }`,
    { after: LAST_POOL },
  );
  return new RowReader(data, "data")
    .children("contributors")
    .map(contributorOf)
    .sort((a, b) => (a[by] === b[by] ? (a.account.toLowerCase() < b.account.toLowerCase() ? -1 : 1) : 0));
}

function contributorOf(row: RowReader): IndexedContributor {
  return {
    account: row.address("id"),
    contributionCount: row.bigint("contributionCount"),
    recordCount: row.bigint("recordCount"),
    standingCount: row.bigint("standingCount"),
    claimed: row.bigint("claimed"),
  };
}
