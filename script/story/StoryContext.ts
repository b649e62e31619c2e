import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ChainClient,
  type ChainReader,
  ContentClient,
  createChainClient,
  createChainReader,
  type Deployment,
  query,
} from "@openledger/sdk";
import type { Address } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { createNonceManager, jsonRpc } from "viem/nonce";

/** Where the services of the network answer, and what is deployed there. */
export interface StoryNetwork {
  readonly deployment: Deployment;
  readonly stateDir: string;
  readonly rpcUrl: string;
  readonly graphUrl: string;
  readonly contentUrl: string;
  readonly runnerUrl: string;
  readonly oracleUrl: string;
}

/** How often the right contributor comes first, from 0 to 1, for true and for generated continuations. */
export interface Accuracy {
  readonly windows: number;
  readonly attributionTrue: number;
  readonly attributionGenerated: number;
  readonly bm25True: number;
  readonly bm25Generated: number;
}

/** What the story must remember over restarts that the chain does not tell. */
export interface StoryMemory {
  trainTokensPerSecond?: number;
  /** Accuracy of attribution and of BM25, measured once. */
  accuracy?: Accuracy;
  /** Done for good: the next start only serves. */
  finished?: boolean;
}

/** Everybody in the story, each an account of the local chain's well-known mnemonic. */
const CAST = { deployer: 0, runner: 1, oracle: 2, owner: 3, firstPayer: 4, firstContributor: 10 } as const;

export const PAYER_COUNT = 3;

const MNEMONIC = "test test test test test test test test test test test junk";

/** What every stage of the story works with. */
export class StoryContext {
  readonly reader: ChainReader;
  readonly content: ContentClient;
  readonly graph: query.GraphClient;
  readonly deployer: ChainClient;
  readonly runner: ChainClient;
  readonly oracle: ChainClient;
  /** Owner of the Datanet, the base and the adapter. */
  readonly owner: ChainClient;
  readonly payers: readonly ChainClient[];

  private constructor(
    readonly network: StoryNetwork,
    readonly modelDir: string,
    readonly memory: StoryMemory,
    readonly say: (line: string) => void,
  ) {
    this.reader = createChainReader({ ...network, pollingIntervalMs: 100 });
    this.content = new ContentClient({ url: network.contentUrl });
    this.graph = { url: network.graphUrl };
    this.deployer = this.member(CAST.deployer);
    this.runner = this.member(CAST.runner);
    this.oracle = this.member(CAST.oracle);
    this.owner = this.member(CAST.owner);
    this.payers = Array.from({ length: PAYER_COUNT }, (_, i) => this.member(CAST.firstPayer + i));
  }

  static async open(network: StoryNetwork, modelDir: string, say: (line: string) => void): Promise<StoryContext> {
    const memory = await readFile(memoryFile(network), "utf8").then(JSON.parse, () => ({}));
    return new StoryContext(network, modelDir, memory, say);
  }

  contributor(index: number): ChainClient {
    return this.member(CAST.firstContributor + index);
  }

  async remember(memory: Partial<StoryMemory>): Promise<void> {
    Object.assign(this.memory, memory);
    const file = memoryFile(this.network);
    await writeFile(`${file}.new`, JSON.stringify(this.memory));
    await rename(`${file}.new`, file);
  }

  /** Resolves once the index has taken in all that is on the chain now. */
  async indexCaughtUp(): Promise<void> {
    await query.waitForBlock(this.graph, await this.reader.publicClient.getBlockNumber({ cacheTime: 0 }));
  }

  private member(addressIndex: number): ChainClient {
    // One manager a member: the same account may send several transactions at once.
    const nonceManager = createNonceManager({ source: jsonRpc() });
    return createChainClient({
      ...this.network,
      account: mnemonicToAccount(MNEMONIC, { addressIndex, nonceManager }),
      pollingIntervalMs: 100,
    });
  }
}

export function addressOf(client: ChainClient): Address {
  return client.account.address;
}

function memoryFile(network: StoryNetwork): string {
  return join(network.stateDir, "story.json");
}
