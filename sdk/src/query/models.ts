import type { Address, Hex } from "viem";
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
  readonly price: { readonly perRequest: bigint; readonly perPromptToken: bigint; readonly perOutputToken: bigint };
  readonly modelBps: number;
  readonly dataBps: number;
  readonly settled: bigint;
  readonly modelPart: bigint;
  readonly dataPart: bigint;
  readonly transaction: Hex;
  readonly versions: readonly { readonly datanet: bigint; readonly version: number }[];
};

const FIELDS = `number base { number } owner name weightsRoot programRoot manifestHash pricePerRequest pricePerPromptToken
  pricePerOutputToken modelBps dataBps settled modelPart dataPart transaction datanets { datanet { number } version }`;

function parse(row: RowReader): IndexedModel {
  return {
    number: row.bigint("number"),
    base: row.optionalChild("base")?.bigint("number") ?? null,
    owner: row.address("owner"),
    name: row.text("name"),
    weightsRoot: row.hex("weightsRoot"),
    programRoot: row.hex("programRoot"),
    manifestHash: row.hex("manifestHash"),
    price: {
      perRequest: row.bigint("pricePerRequest"),
      perPromptToken: row.bigint("pricePerPromptToken"),
      perOutputToken: row.bigint("pricePerOutputToken"),
    },
    modelBps: row.int("modelBps"),
    dataBps: row.int("dataBps"),
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

/** All models, by number. */
export async function models(client: GraphClient): Promise<IndexedModel[]> {
  return (await readAll(client, "models", "", FIELDS)).map(parse);
}

/** One model, or null when it is not registered. */
export async function model(client: GraphClient, number: bigint): Promise<IndexedModel | null> {
  const rows = await readAll(client, "models", `number: "${number}"`, FIELDS);
  return rows[0] === undefined ? null : parse(rows[0]);
}
