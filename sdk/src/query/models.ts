import type { Address, Hex } from "viem";
import type { Upstream } from "../actions/model/ModelRegistration.js";
import type { Revenue } from "../units/split.js";
import type { RowReader } from "./fields.js";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedModel = {
  readonly number: bigint;
  /** Null for a base. */
  readonly base: bigint | null;
  readonly owner: Address;
  readonly name: string;
  readonly weightsRoot: Hex;
  readonly programRoot: Hex;
  readonly manifestHash: Hex;
  /** SHA-256 of its attribution card in the content store; null while it has none. */
  readonly cardHash: Hex | null;
  readonly price: { readonly perRequest: bigint; readonly perPromptToken: bigint; readonly perOutputToken: bigint };
  /** Basis points of a fee, in force until `nextRevenue` is. */
  readonly modelBps: number;
  readonly dataBps: number;
  /** What was scheduled last, whether it is in force yet or not; null before the first change. */
  readonly nextRevenue: (Revenue & { readonly effectiveAt: bigint }) | null;
  readonly derivativeBps: number;
  readonly supersedes: bigint | null;
  readonly successor: bigint | null;
  /** Null while it may be served. */
  readonly deprecatedAt: bigint | null;
  /** Flattened lineage, ascending by model. */
  readonly upstream: readonly Upstream[];
  readonly settled: bigint;
  readonly modelPart: bigint;
  readonly dataPart: bigint;
  readonly transaction: Hex;
  readonly versions: readonly { readonly datanet: bigint; readonly version: number }[];
};

const FIELDS = `number base { number } owner name weightsRoot programRoot manifestHash cardHash pricePerRequest pricePerPromptToken
  pricePerOutputToken modelBps dataBps nextModelBps nextDataBps nextRevenueAt derivativeBps supersedes { number }
  successor { number } deprecatedAt upstream { upstream { number } bps } settled modelPart dataPart transaction
  datanets { datanet { number } version }`;

function parse(row: RowReader): IndexedModel {
  return {
    number: row.bigint("number"),
    base: row.optionalChild("base")?.bigint("number") ?? null,
    owner: row.address("owner"),
    name: row.text("name"),
    weightsRoot: row.hex("weightsRoot"),
    programRoot: row.hex("programRoot"),
    manifestHash: row.hex("manifestHash"),
    cardHash: row.optionalHex("cardHash"),
    price: {
      perRequest: row.bigint("pricePerRequest"),
      perPromptToken: row.bigint("pricePerPromptToken"),
      perOutputToken: row.bigint("pricePerOutputToken"),
    },
    modelBps: row.int("modelBps"),
    dataBps: row.int("dataBps"),
    nextRevenue: parseNextRevenue(row),
    derivativeBps: row.int("derivativeBps"),
    supersedes: row.optionalChild("supersedes")?.bigint("number") ?? null,
    successor: row.optionalChild("successor")?.bigint("number") ?? null,
    deprecatedAt: row.optionalBigint("deprecatedAt"),
    upstream: row
      .children("upstream")
      .map((link) => ({ model: link.child("upstream").bigint("number"), bps: link.int("bps") }))
      .sort((a, b) => (a.model < b.model ? -1 : 1)),
    settled: row.bigint("settled"),
    modelPart: row.bigint("modelPart"),
    dataPart: row.bigint("dataPart"),
    transaction: row.hex("transaction"),
    versions: row
      .children("datanets")
      .map((link) => ({ datanet: link.child("datanet").bigint("number"), version: link.int("version") }))
      .sort((a, b) => (a.datanet === b.datanet ? a.version - b.version : a.datanet < b.datanet ? -1 : 1)),
  };
}

function parseNextRevenue(row: RowReader): IndexedModel["nextRevenue"] {
  const effectiveAt = row.optionalBigint("nextRevenueAt");
  return effectiveAt === null
    ? null
    : { modelBps: row.int("nextModelBps"), dataBps: row.int("nextDataBps"), effectiveAt };
}

/** All models, by number. */
export async function models(client: GraphClient): Promise<IndexedModel[]> {
  return (await readAll(client, "models", "", FIELDS)).map(parse);
}

/** One model, or null when it is not registered. */
export async function model(client: GraphClient, number: bigint): Promise<IndexedModel | null> {
  const rows = await readAll(client, "models", `number: "${number}"`, FIELDS);
  return rows[0] === undefined ? null : parse(rows[0]);
}
