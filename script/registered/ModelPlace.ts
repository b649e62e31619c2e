import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ChainReader,
  ContentClient,
  createChainReader,
  type Deployment,
  parseDeployment,
  query,
  readVersion,
} from "@openledger/sdk";
import { readRecords, type VersionRecord } from "./readRecords.js";
import { type RegisteredAdapter, readRegisteredModel } from "./readRegisteredModel.js";
import { type AskedText, readTexts, seedTexts } from "./readTexts.js";

/** A registered model, where everything of it is found, and what it is asked. */
export interface ModelPlace {
  readonly model: bigint;
  /** File of texts, see `readTexts`; absent for those of the story. */
  readonly texts: string | undefined;
  /** Folder of the network's deployment, and of what is kept between runs. */
  readonly state: string;
  readonly rpc: string;
  readonly graphql: string;
  readonly content: string;
}

/** Options of a command that reads a model, for `parseArgs`. */
export const MODEL_OPTIONS = {
  texts: { type: "string" },
  state: { type: "string", default: ".openledger" },
  rpc: { type: "string", default: "http://127.0.0.1:8545" },
  graphql: { type: "string", default: "http://127.0.0.1:8000/subgraphs/name/openledger" },
  content: { type: "string", default: "http://127.0.0.1:5001" },
} as const;
export const MODEL_USAGE = "[--texts FILE] [--state DIR] [--rpc URL] [--graphql URL] [--content URL]";

/** @throws what `usage` makes of a problem */
export function modelPlace(
  positionals: readonly string[],
  values: Omit<ModelPlace, "model" | "texts"> & { readonly texts?: string | undefined },
  usage: (problem: string) => Error,
): ModelPlace {
  const [model, ...more] = positionals;
  if (model === undefined || more.length > 0) throw usage(`asked for ${positionals.length} models, not one`);
  if (!/^[0-9]{1,19}$/.test(model)) throw usage(`MODEL was "${model}"; it is a model's number`);
  const { texts, state, rpc, graphql, content } = values;
  return { model: BigInt(model), texts, state, rpc, graphql, content };
}

/** @throws what `usage` makes of a problem */
export function positiveNumber(name: string, text: string, usage: (problem: string) => Error): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw usage(`${name} was "${text}"; it is a number from 1`);
  return number;
}

/** What the chain, the index and the content store have of a model. */
export interface ModelSubject {
  readonly deployment: Deployment;
  readonly reader: ChainReader;
  readonly content: ContentClient;
  readonly registered: RegisteredAdapter;
  /** Of all its versions, in their order. */
  readonly records: readonly VersionRecord[];
  readonly texts: readonly AskedText[];
}

/**
 * @param folder Where the base's files are laid
 * @throws RegisteredModelError, and what reading chain, index and store throws
 */
export async function readModelSubject(place: ModelPlace, folder: string): Promise<ModelSubject> {
  const deployment = parseDeployment(JSON.parse(await readFile(join(place.state, "deployment.json"), "utf8")));
  const reader = createChainReader({ deployment, rpcUrl: place.rpc });
  const content = new ContentClient({ url: place.content });
  const graph = { url: place.graphql };
  const registered = await readRegisteredModel(reader, content, place.model, folder);
  const records: VersionRecord[] = [];
  for (const { datanet, version } of registered.versions) {
    const sources = {
      version: () => readVersion(reader, datanet, version),
      accepted: () => query.acceptedContributions(graph, datanet),
      revocations: () => query.revocations(graph, datanet),
      content: (hash: `0x${string}`) => content.get(hash),
    };
    records.push(...(await readRecords(sources, datanet, version)));
  }
  const texts =
    place.texts === undefined
      ? await seedTexts(registered.manifest.split, registered.tokenizer)
      : await readTexts(place.texts);
  return { deployment, reader, content, registered, records, texts };
}
