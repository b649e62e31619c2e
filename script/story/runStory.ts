import { parseArgs } from "node:util";
import { parseDeployment } from "@openledger/sdk";
import { readDevnetConfig } from "../devnet/config.js";
import { type Devnet, startDevnet } from "../devnet/startDevnet.js";
import { writeFigures } from "./figures.js";
import { CHECKPOINTS, type Checkpoint, tellStory } from "./tellStory.js";

export interface RunStoryOptions {
  readonly to: Checkpoint;
  /** Whether to leave after the story or to go on serving until a signal comes. */
  readonly afterwards: "exit" | "serve";
  readonly json: string | undefined;
  readonly state: string | undefined;
  readonly portOffset: number | undefined;
}

/** The command line asks for something that is not there. */
export class UsageError extends Error {
  readonly code = "usage";
  readonly retryable = false;
}

/**
 * Reads `--to`, `--once`, `--json FILE`, `--state DIR` and `--port-offset N`.
 *
 * @throws UsageError naming the option, what it was and what it may be.
 */
export function readStoryArguments(args: readonly string[]): RunStoryOptions {
  const { values } = parse(args);
  const to = values.to ?? "claimed";
  if (!isCheckpoint(to)) throw new UsageError(`--to was "${to}"; it may be ${CHECKPOINTS.join(", ")}.`);
  const offset = values["port-offset"];
  if (offset !== undefined && !/^\d{1,5}$/.test(offset)) {
    throw new UsageError(`--port-offset was "${offset}"; it is a number that is added to every port.`);
  }
  return {
    to,
    afterwards: values.once === true || values.to !== undefined ? "exit" : "serve",
    json: values.json,
    state: values.state,
    portOffset: offset === undefined ? undefined : Number(offset),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        to: { type: "string" },
        once: { type: "boolean" },
        json: { type: "string" },
        state: { type: "string" },
        "port-offset": { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function isCheckpoint(name: string): name is Checkpoint {
  return CHECKPOINTS.some((checkpoint) => checkpoint === name);
}

/** Brings the network up, tells the story, then exits or serves until SIGINT or SIGTERM; always stops the network. */
export async function runStory(options: RunStoryOptions): Promise<void> {
  const say = (line: string) => console.log(line);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  const stopped = new Promise<void>((resolve) =>
    stop.signal.addEventListener("abort", () => resolve(), { once: true }),
  );

  const net = await startDevnet({
    config: readDevnetConfig({ state: options.state, portOffset: options.portOffset }),
    onProgress: ({ text }) => say(`${elapsed()}  ${text}`),
    onGivenUp: (error) => {
      console.error(error.message);
      process.exitCode = 1;
      stop.abort();
    },
    signal: stop.signal,
  });
  try {
    await Promise.race([storyOn(net, options, say), stopped]);
    if (options.afterwards === "serve" && !stop.signal.aborted) {
      say(addresses(net));
      await stopped;
    }
  } finally {
    await net.stop();
  }
}

/** Since the process began. */
function elapsed(): string {
  return `${(performance.now() / 1000).toFixed(1).padStart(7)} s`;
}

async function storyOn(net: Devnet, options: RunStoryOptions, say: (line: string) => void): Promise<void> {
  const { figures, books } = await tellStory({
    network: {
      deployment: parseDeployment(net.deployment),
      stateDir: net.stateDir,
      rpcUrl: net.urls.rpc,
      graphUrl: net.urls.graphql,
      contentUrl: net.urls.store,
      runnerUrl: net.urls.runner,
      oracleUrl: net.urls.oracle,
    },
    to: options.to,
    say: (line) => say(`\n${elapsed()}  ${line}`),
  });
  if (options.json === undefined) return;
  if (figures === null) {
    say(`No figures were written to ${options.json}: they come from a whole story on an empty state (--state DIR).`);
    return;
  }
  // Node counts from the process's own start: compiling before it is not in the figure.
  await writeFigures(options.json, { ...figures, total_seconds: performance.now() / 1000 }, books);
}

function addresses(net: Devnet): string {
  return `
Serving until Ctrl-C:
  status page  ${net.urls.app}
  API          ${net.urls.runner}/v1/models
  GraphQL      ${net.urls.graphql}
  oracle       ${net.urls.oracle}/v1/epochs
  chain        ${net.urls.rpc}`;
}
