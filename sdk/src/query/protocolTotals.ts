import { RowReader } from "./fields.js";
import { type GraphClient, queryGraph } from "./queryGraph.js";

const FIELDS = [
  "deposited",
  "withdrawn",
  "free",
  "inChannels",
  "settled",
  "governedPart",
  "stakersPart",
  "modelPart",
  "dataPart",
  "runnerPart",
  "collected",
  "refunded",
  "funded",
  "allocated",
  "claimed",
  "staked",
  "stakingFees",
  "slashed",
  "burnt",
  "datanetCount",
  "contributionCount",
  "recordCount",
  "modelCount",
  "channelCount",
  "batchCount",
  "epochCount",
  "bond",
] as const;

/** Totals of the whole protocol; amounts in base units. */
export type ProtocolTotals = Readonly<Record<(typeof FIELDS)[number], bigint>>;

/** The protocol's totals as the index has summed them; all zero before the first event. */
export async function protocolTotals(client: GraphClient): Promise<ProtocolTotals> {
  const data = await queryGraph(client, `{ protocol(id: "0x01") { ${FIELDS.join(" ")} } }`);
  const row = new RowReader(data, "data").optionalChild("protocol");
  return Object.fromEntries(FIELDS.map((field) => [field, row === null ? 0n : row.bigint(field)])) as ProtocolTotals;
}
