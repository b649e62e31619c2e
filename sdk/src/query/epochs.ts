import type { Address, Hex } from "viem";
import type { RowReader } from "./fields.js";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";
import { readNewest } from "./readNewest.js";

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
  readonly proposedIn: Hex | null;
  readonly finalizedIn: Hex | null;
  /** The newest of its roots that was cancelled: by a proof, or over a voided batch. Null while none was. */
  readonly cancelled: { readonly by: "Refuted" | "Withdrawn"; readonly transaction: Hex } | null;
};

const CANCELLED =
  'proposals(where: { state_in: ["Refuted", "Withdrawn"] }, orderBy: number, orderDirection: desc, first: 1) { state endedIn }';
const FIELDS = [
  ...["number", "firstBatch", "lastBatch", "dataAmount", "state", "proposer", "creditsRoot", "payoutsRoot", "dataHash"],
  ...["total", "asOf", "finalizableAt", "proposedIn", "finalizedIn", CANCELLED],
].join(" ");
/** The plural that graph-node forms. */
const COLLECTION = "epoches";

/** All epochs, by number. */
export async function epochs(client: GraphClient): Promise<IndexedEpoch[]> {
  return (await readAll(client, COLLECTION, "", FIELDS)).map(parse);
}

/** Epochs up to a number, the newest first. @param last Inclusive. @param first How many at most, 1 to 1,000. */
export async function epochsUpTo(client: GraphClient, last: bigint, first: number): Promise<IndexedEpoch[]> {
  return (await readNewest(client, COLLECTION, last, first, FIELDS)).map(parse);
}

function parse(row: RowReader): IndexedEpoch {
  return {
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
    proposedIn: row.optionalHex("proposedIn"),
    finalizedIn: row.optionalHex("finalizedIn"),
    cancelled: cancelledOf(row.children("proposals")[0]),
  };
}

function cancelledOf(row: RowReader | undefined): IndexedEpoch["cancelled"] {
  if (row === undefined) return null;
  return { by: row.text("state") as "Refuted" | "Withdrawn", transaction: row.hex("endedIn") };
}
