/** Gathers the status from the services' public interfaces. A service that does not answer leaves its part out. */
import { ContentClient, decodeBatchFile, query } from "@openledger/sdk";
import type { CardShelf } from "./CardShelf.js";
import type { AppConfig } from "./config.js";
import type { AnswerStatus, DatanetStatus, EpochStatus, ModelStatus, ServiceStatus, Status } from "./Status.js";

export type StatusSources = Pick<AppConfig, "graphqlUrl" | "oracleUrl" | "rpcUrl" | "runnerUrl" | "storeUrl">;

const timeoutMs = 4_000;
const newestBatches = 5;
const newestAnswers = 10;
/** Accounts up to 2^64 − 1 are the pools of the Datanets with these numbers. */
const lastPoolAccount = (1n << 64n) - 1n;

/** @param cards Kept from one reading to the next */
export async function readStatus(sources: StatusSources, cards: CardShelf, now: Date): Promise<Status> {
  const graph = { url: sources.graphqlUrl, timeoutMs };
  const [chain, index, store, runner, oracle] = await Promise.all([
    probe("chain", sources.rpcUrl, () => readChainHead(sources.rpcUrl)),
    probe("index", sources.graphqlUrl, () => readIndex(graph, sources.storeUrl, cards)),
    probe("store", sources.storeUrl, () => readHealth(sources.storeUrl)),
    probe("runner", sources.runnerUrl, () => readHealth(sources.runnerUrl)),
    probe("oracle", sources.oracleUrl, () => readHealth(sources.oracleUrl)),
  ]);
  return {
    at: now.toISOString(),
    services: [chain, index, store, runner, oracle].map(({ service }) => service),
    ...(chain.value !== undefined && { chainHead: chain.value }),
    ...index.value,
  };
}

async function probe<T>(
  name: ServiceStatus["name"],
  url: string,
  read: () => Promise<T>,
): Promise<{ readonly service: ServiceStatus; readonly value?: T }> {
  try {
    return { value: await read(), service: { name, state: "up", url } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { service: { name, state: "down", url, detail } };
  }
}

async function readHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(timeoutMs) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url}/health answered ${response.status}.`);
}

async function readChainHead(rpcUrl: string): Promise<string> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body = (await response.json()) as { readonly result?: unknown };
  if (typeof body.result !== "string") throw new Error(`eth_blockNumber at ${rpcUrl} has no result.`);
  return BigInt(body.result).toString();
}

async function readIndex(graph: query.GraphClient, storeUrl: string, cards: CardShelf): Promise<Partial<Status>> {
  const [block, totals, datanets, models, epochs, answers] = await Promise.all([
    query.indexedBlock(graph),
    query.protocolTotals(graph),
    query.datanets(graph),
    query.models(graph),
    query.epochs(graph),
    readAnswers(graph, storeUrl),
  ]);
  return {
    indexedBlock: String(block.number),
    totals: Object.fromEntries(Object.entries(totals).map(([name, value]) => [name, value.toString()])),
    datanets: datanets.map(
      (datanet): DatanetStatus => ({
        number: datanet.number.toString(),
        name: datanet.name,
        records: datanet.recordCount.toString(),
        contributions: datanet.contributionCount.toString(),
        versions: datanet.versionCount,
      }),
    ),
    models: models.map(
      (model): ModelStatus => ({
        number: model.number.toString(),
        name: model.name,
        base: model.base?.toString() ?? null,
        settled: model.settled.toString(),
        datanets: model.versions.map(({ datanet, version }) => `${datanet} version ${version}`),
      }),
    ),
    cards: await cards.newest(models),
    epochs: epochs.map(
      (epoch): EpochStatus => ({
        number: epoch.number.toString(),
        state: epoch.state,
        batches: `${epoch.firstBatch}–${epoch.lastBatch}`,
        total: epoch.total?.toString() ?? null,
      }),
    ),
    answers,
  };
}

/** The newest settled answers, from the batch files that the runner published; a file not there is left out. */
async function readAnswers(graph: query.GraphClient, storeUrl: string): Promise<readonly AnswerStatus[]> {
  const content = new ContentClient({ url: storeUrl });
  const data = await query.queryGraph(
    graph,
    `{ receiptBatches(first: ${newestBatches}, orderBy: number, orderDirection: desc) { number dataHash transaction } }`,
  );
  const batches = data.receiptBatches as readonly {
    readonly number: string;
    readonly dataHash: `0x${string}`;
    readonly transaction: string;
  }[];
  const answers = await Promise.all(
    batches.map(async ({ number, dataHash, transaction }): Promise<readonly AnswerStatus[]> => {
      const file = await content
        .get(dataHash, { signal: AbortSignal.timeout(timeoutMs) })
        .then(decodeBatchFile)
        .catch(() => undefined);
      return (file?.receipts ?? []).map(({ receipt, shares }) => ({
        model: receipt.model.toString(),
        channel: receipt.channel,
        nonce: receipt.nonce.toString(),
        fee: receipt.fee.toString(),
        outputTokens: receipt.outputTokens,
        batch: number,
        transaction,
        shares: [...shares]
          .sort((a, b) => b.share - a.share)
          .map(({ account, share }) => ({
            account,
            kind: BigInt(account) <= lastPoolAccount ? "pool" : "contributor",
            share,
          })),
      }));
    }),
  );
  return answers.flatMap((batch) => [...batch].reverse()).slice(0, newestAnswers);
}
