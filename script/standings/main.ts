/**
 * `npm run standings -- MODEL`: what each record and each contributor is worth for a model, by gradients. It runs the engine,
 * which the `openledger` command does not carry. Ends with 1 when it cannot be told, with 2 when it is called wrongly.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ContentClient, createChainReader, parseDeployment, query, readVersion } from "@openledger/sdk";
import { progressLine } from "../story/progressLine.js";
import { type ComputedStandings, computeStandings } from "./computeStandings.js";
import { progressBar } from "./progressBar.js";
import { readArguments, type StandingsArguments } from "./readArguments.js";
import { readRecords, type VersionRecord } from "./readRecords.js";
import { readRegisteredModel } from "./readRegisteredModel.js";
import { readTexts, seedTexts } from "./readTexts.js";
import { renderStandings, standingsJson } from "./renderStandings.js";
import { StandingsError } from "./StandingsError.js";

async function run(given: StandingsArguments, signal: AbortSignal): Promise<string> {
  const { model, state } = given;
  const deployment = parseDeployment(JSON.parse(await readFile(join(state, "deployment.json"), "utf8")));
  const reader = createChainReader({ deployment, rpcUrl: given.rpc });
  const content = new ContentClient({ url: given.content });
  const graph = { url: given.graphql };
  const folder = join(state, "standings");
  const registered = await readRegisteredModel(reader, content, model, folder);
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
    given.texts === undefined ? await seedTexts(registered.split, registered.tokenizer) : await readTexts(given.texts);

  const found = await withProgress((onProgress) =>
    computeStandings(registered, records, texts, {
      kind: given.kind,
      threads: given.threads,
      folder: join(folder, registered.adapterWeightsRoot),
      onProgress,
      signal,
    }),
  );
  const subject = { model, name: registered.name, texts: texts.length, records };
  return given.isJson ? standingsJson(subject, found) : renderStandings(subject, found, given.first);
}

/** A bar for each phase, of which each begins with its first step. */
async function withProgress(
  compute: (onProgress: (phase: string, done: number, all: number) => void) => Promise<ComputedStandings>,
): Promise<ComputedStandings> {
  const line = progressLine("standings");
  let [current, startedAt] = ["", 0];
  try {
    return await compute((phase, done, all) => {
      if (phase !== current) [current, startedAt] = [phase, performance.now()];
      line.update(`${phase} ${progressBar(done, all, performance.now() - startedAt)}`);
    });
  } finally {
    line.end();
  }
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () =>
    stop.abort(new StandingsError("stopped", "stopped; what is done is kept for the next run")),
  );
try {
  process.stdout.write(await run(readArguments(process.argv.slice(2)), stop.signal));
} catch (error) {
  const code = error instanceof Error && "code" in error ? `${error.code}: ` : "";
  process.stderr.write(`${code}${(error as Error).message}\n`);
  process.exitCode = error instanceof StandingsError && error.code === "usage" ? 2 : 1;
}
