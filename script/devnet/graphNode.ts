/** graph-node from an npm package, indexing one subgraph of the local chain under the name `openledger`. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { findBinary } from "./binaries.js";
import { callRpc } from "./callRpc.js";
import { type ServiceExit, ServiceProcess } from "./ServiceProcess.js";
import { waitUntilHealthy } from "./waitUntilHealthy.js";

export interface GraphNodePorts {
  readonly http: number;
  readonly admin: number;
  readonly index: number;
  readonly metrics: number;
}

export interface GraphNodeOptions {
  readonly stateDir: string;
  readonly ports: GraphNodePorts;
  /** Absolute path of the built subgraph's manifest; its files lie beside it. */
  readonly manifest: string;
  /** Absolute path of a manifest that gnd may drop and deploy at each start. */
  readonly placeholder: string;
  /** The chain's name in the manifest. */
  readonly network: string;
  readonly postgresUrl: string;
  readonly rpcUrl: string;
  /** A content store or an IPFS node: graph-node asks for it at its start. */
  readonly ipfsUrl: string;
  readonly bin?: string | undefined;
  /** Aborting it stops the start. */
  readonly signal?: AbortSignal | undefined;
}

export interface GraphNode {
  readonly process: ServiceProcess;
  /** GraphQL of the subgraph. */
  readonly url: string;
  isHealthy(): Promise<boolean>;
  /** graph-node often aborts when it is interrupted (code 134): that is a clean end. */
  stop(): Promise<ServiceExit>;
}

const startTimeoutMs = 90_000;
const name = "openledger";
const stalledAfterMs = 10_000;
const stalledBlocks = 5n;

/** @throws MissingBinaryError, ServiceFailedError */
export async function startGraphNode(options: GraphNodeOptions): Promise<GraphNode> {
  const { ports } = options;
  const folder = join(options.stateDir, "graph");
  mkdirSync(folder, { recursive: true });
  const service = await ServiceProcess.start({
    service: "graph",
    command: findBinary("gnd", { override: options.bin }),
    args: [
      "dev",
      ["--manifests", `${options.placeholder}:${dirname(options.placeholder)}`],
      ["--ethereum-rpc", `${options.network}:${options.rpcUrl}`],
      ["--ipfs", options.ipfsUrl],
      ["--http-port", String(ports.http)],
      ["--index-node-port", String(ports.index)],
      ["--admin-port", String(ports.admin)],
      ["--metrics-port", String(ports.metrics)],
    ].flat(),
    env: {
      PATH: "/usr/bin:/bin",
      HOME: folder,
      // By the environment: the arguments of a process can be read by every user.
      POSTGRES_URL: options.postgresUrl,
      // Without it the last block is indexed only when the next one comes.
      GRAPH_STORE_DISABLE_CHAIN_HEAD_PTR_CACHE: "true",
      GRAPH_CHAIN_HEAD_WATCHER_TIMEOUT: "5",
      ETHEREUM_POLLING_INTERVAL: "100",
      // Indexing that failed because PostgreSQL or the chain was away is tried again at once, not after two minutes.
      GRAPH_SUBGRAPH_ERROR_RETRY_CEIL_SECS: "1",
      GRAPH_GRAPHQL_MAX_SKIP: "5000",
      GRAPH_LOG: "warn",
    },
    cwd: folder,
    stateDir: options.stateDir,
  });

  const indexUrl = `http://127.0.0.1:${ports.index}/graphql`;
  const url = `http://127.0.0.1:${ports.http}/subgraphs/name/${name}`;
  const progress = new IndexProgress(url, options.rpcUrl);
  const isHealthy = () => progress.isHealthy();
  const stop = () => service.stop("SIGINT", 3_000);
  try {
    await waitUntilHealthy({
      service,
      // Two deployments at the same moment would be a conflict in the database.
      isHealthy: () => isDeployed(indexUrl, options.placeholder),
      timeoutMs: startTimeoutMs,
      signal: options.signal,
    });
    if (!(await isNamed(indexUrl, options.manifest))) await deploy(`http://127.0.0.1:${ports.admin}`, options.manifest);
    await waitUntilHealthy({ service, isHealthy, timeoutMs: startTimeoutMs, signal: options.signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return { process: service, url, isHealthy, stop };
}

/** Tells an index that stands still while the chain goes on from one that is up to date. */
class IndexProgress {
  #block = -1n;
  #advancedAt = performance.now();

  constructor(
    private readonly url: string,
    private readonly rpcUrl: string,
  ) {}

  async isHealthy(): Promise<boolean> {
    const block = await indexedBlock(this.url);
    if (block === undefined) return false;
    if (block !== this.#block) {
      this.#block = block;
      this.#advancedAt = performance.now();
    }
    if (performance.now() - this.#advancedAt < stalledAfterMs) return true;
    // Without the chain there is nothing to index.
    const head = await callRpc(this.rpcUrl, "eth_blockNumber", []).catch(() => undefined);
    return head === undefined || BigInt(head as string) - block < stalledBlocks;
  }
}

/** The block the subgraph has reached, or undefined while it cannot answer. */
export async function indexedBlock(url: string): Promise<bigint | undefined> {
  const data = (await queryGraph(url, "{_meta{block{number}}}")) as
    | { _meta?: { block: { number: number } } }
    | undefined;
  return data?._meta === undefined ? undefined : BigInt(data._meta.block.number);
}

async function isDeployed(indexUrl: string, manifest: string): Promise<boolean> {
  const data = (await queryGraph(indexUrl, "{indexingStatuses{subgraph node}}")) as
    | { indexingStatuses?: readonly { readonly subgraph: string; readonly node: string | null }[] }
    | undefined;
  return data?.indexingStatuses?.some(({ subgraph, node }) => subgraph === manifest && node !== null) ?? false;
}

/** Whether our name already stands for this very subgraph: then it goes on by itself. */
async function isNamed(indexUrl: string, manifest: string): Promise<boolean> {
  const data = (await queryGraph(indexUrl, `{indexingStatusForCurrentVersion(subgraphName:"${name}"){subgraph}}`)) as
    | { readonly indexingStatusForCurrentVersion?: { readonly subgraph: string } | null }
    | undefined;
  return data?.indexingStatusForCurrentVersion?.subgraph === manifest;
}

async function deploy(adminUrl: string, manifest: string): Promise<void> {
  // Naming it again is refused and harmless: the name is kept in the database.
  await callRpc(adminUrl, "subgraph_create", { name }).catch(() => {});
  await callRpc(adminUrl, "subgraph_deploy", { name, ipfs_hash: manifest, node_id: "default" });
}

async function queryGraph(url: string, query: string): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(5_000),
  });
  const body = (await response.json()) as { data?: unknown; errors?: unknown };
  return body.errors === undefined ? body.data : undefined;
}
