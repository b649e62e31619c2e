import type { Address, Hex } from "viem";
import { numberId, type RowReader } from "./fields.js";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedAgent = {
  readonly number: bigint;
  readonly owner: Address;
  /** Null while nobody has agreed to be it. */
  readonly wallet: Address | null;
  readonly agentURI: string;
  /** Null while it offers none. */
  readonly model: bigint | null;
  readonly pricePerCall: bigint;
  readonly metadata: Readonly<Record<string, Hex>>;
  /** By each model that it was rated for, over all clients and tags. */
  readonly reputations: readonly IndexedReputation[];
  readonly transaction: Hex;
};

export type IndexedReputation = {
  readonly model: bigint;
  readonly count: bigint;
  /** What was paid by those who gave the feedback, base units. */
  readonly weight: bigint;
  /** Sum of weight times value, in 18 decimals. */
  readonly weightedSum: bigint;
};

export type IndexedFeedback = {
  readonly client: Address;
  /** Of this client's feedback on this agent, from 1. */
  readonly index: bigint;
  readonly model: bigint;
  readonly weight: bigint;
  readonly value: bigint;
  readonly valueDecimals: number;
  readonly tag1: string;
  readonly tag2: string;
  readonly feedbackURI: string;
  readonly isRevoked: boolean;
  readonly givenAt: bigint;
  readonly responses: readonly { readonly responder: Address; readonly responseURI: string }[];
};

const FIELDS = `number owner wallet agentURI model { number } pricePerCall transaction metadata { key value }
  reputations { model { number } count weight weightedSum }`;
const FEEDBACK_FIELDS = `client index model { number } weight value valueDecimals tag1 tag2 feedbackURI isRevoked givenAt
  responses(orderBy: timestamp) { responder responseURI }`;

function parse(row: RowReader): IndexedAgent {
  return {
    number: row.bigint("number"),
    owner: row.address("owner"),
    wallet: row.optionalAddress("wallet"),
    agentURI: row.text("agentURI"),
    model: row.optionalChild("model")?.bigint("number") ?? null,
    pricePerCall: row.bigint("pricePerCall"),
    metadata: Object.fromEntries(row.children("metadata").map((entry) => [entry.text("key"), entry.hex("value")])),
    reputations: row.children("reputations").map((reputation) => ({
      model: reputation.child("model").bigint("number"),
      count: reputation.bigint("count"),
      weight: reputation.bigint("weight"),
      weightedSum: reputation.bigint("weightedSum"),
    })),
    transaction: row.hex("transaction"),
  };
}

function parseFeedback(row: RowReader): IndexedFeedback {
  return {
    client: row.address("client"),
    index: row.bigint("index"),
    model: row.child("model").bigint("number"),
    weight: row.bigint("weight"),
    value: row.bigint("value"),
    valueDecimals: row.int("valueDecimals"),
    tag1: row.text("tag1"),
    tag2: row.text("tag2"),
    feedbackURI: row.text("feedbackURI"),
    isRevoked: row.boolean("isRevoked"),
    givenAt: row.bigint("givenAt"),
    responses: row.children("responses").map((response) => ({
      responder: response.address("responder"),
      responseURI: response.text("responseURI"),
    })),
  };
}

/** All agents, by number. */
export async function agents(client: GraphClient): Promise<IndexedAgent[]> {
  return (await readAll(client, "agents", "", FIELDS)).map(parse);
}

/** One agent, or null when it is not registered. */
export async function agent(client: GraphClient, number: bigint): Promise<IndexedAgent | null> {
  const rows = await readAll(client, "agents", `number: "${number}"`, FIELDS);
  return rows[0] === undefined ? null : parse(rows[0]);
}

/** All feedback on an agent, by client and in its order, revoked feedback included. */
export async function agentFeedback(client: GraphClient, number: bigint): Promise<IndexedFeedback[]> {
  return (await readAll(client, "agentFeedbacks", `agent: "${numberId(number)}"`, FEEDBACK_FIELDS)).map(parseFeedback);
}
