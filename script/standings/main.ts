/**
 * `npm run standings -- MODEL`: what each record and each contributor is worth for a model, by gradients. It runs the engine,
 * which the `openledger` command does not carry. Ends with 1 when it cannot be told, with 2 when it is called wrongly.
 */
import { join } from "node:path";
import { withPhases } from "../progress/withPhases.js";
import { committedGradients } from "../registered/committedGradients.js";
import { readModelSubject } from "../registered/ModelPlace.js";
import { computeStandings } from "./computeStandings.js";
import { readArguments, type StandingsArguments } from "./readArguments.js";
import { renderStandings, standingsJson } from "./renderStandings.js";
import { StandingsError } from "./StandingsError.js";

async function run(given: StandingsArguments, signal: AbortSignal): Promise<string> {
  const { model, state } = given.place;
  const folder = join(state, "standings");
  const { registered, reader, content, records, texts } = await readModelSubject(given.place, folder);

  const { adapterWeightsRoot } = registered;
  const hash = given.isOwn ? undefined : await committedGradients(reader, content, { model, adapterWeightsRoot });

  const found = await withPhases("standings", (onProgress) =>
    computeStandings(registered, records, texts, {
      kind: given.kind,
      threads: given.threads,
      committed: hash && { hash, content },
      folder: join(folder, adapterWeightsRoot),
      onProgress,
      signal,
    }),
  );
  const subject = { model, name: registered.name, texts: texts.length, records, committed: hash };
  return given.isJson ? standingsJson(subject, found) : renderStandings(subject, found, given.first);
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
