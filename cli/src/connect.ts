import { readFile } from "node:fs/promises";
import {
  type ChainReader,
  ContentClient,
  createChainReader,
  type MarketDomain,
  OpenLedgerError,
  parseDeployment,
  type query,
  RunnerClient,
} from "@openledger/sdk";

/** One deployment, reached: what every command reads from. */
export type Connection = {
  readonly reader: ChainReader;
  readonly domain: MarketDomain;
  readonly graph: query.GraphClient;
  readonly content: ContentClient;
  readonly runner: RunnerClient;
};

export type ConnectOptions = {
  /** Path of the deployment's JSON file. */
  readonly deployment: string;
  readonly rpc: string;
  readonly graphql: string;
  readonly content: string;
  readonly runner: string;
};

/** @throws OpenLedgerError when the deployment file is missing or malformed. Nothing else is asked yet. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const deployment = parseDeployment(await readJson(options.deployment));
  return {
    reader: createChainReader({ deployment, rpcUrl: options.rpc }),
    domain: { chainId: deployment.chainId, market: deployment.addresses.inferenceMarket },
    graph: { url: options.graphql },
    content: new ContentClient({ url: options.content }),
    runner: new RunnerClient({ url: options.runner }),
  };
}

export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new OpenLedgerError(`${path}: expected a JSON file, found ${String(cause)}; name another with an option.`, {
      code: "unreadable_file",
      retryable: false,
      cause,
    });
  }
}
