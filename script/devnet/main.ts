/** `node script/dist/devnet/main.js`: the local network in a terminal, until Ctrl-C. */
import { parseArgs } from "node:util";
import { readDevnetConfig } from "./config.js";
import { DevnetError } from "./DevnetError.js";
import { type DevnetServiceName, devnetServices, startDevnet } from "./startDevnet.js";

const usage = `Usage: devnet [--state DIR] [--port-offset N] [--services a,b,…]

  --state DIR       folder for all state (.openledger)
  --port-offset N   adds N to every default port
  --services LIST   of ${devnetServices.join(", ")}; all by default

A single port is moved by its variable: POSTGRES_PORT, ANVIL_PORT, GRAPH_HTTP_PORT, GRAPH_ADMIN_PORT, GRAPH_INDEX_PORT,
GRAPH_METRICS_PORT, STORE_PORT, RUNNER_PORT, ORACLE_PORT, APP_PORT. Other programs: ANVIL_BIN, FORGE_BIN, GND_BIN, PG_BIN_DIR.`;

const say = (elapsedMs: number, text: string) => console.log(`${(elapsedMs / 1000).toFixed(1).padStart(7)} s  ${text}`);

let interrupted = false;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      state: { type: "string" },
      "port-offset": { type: "string" },
      services: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    console.log(usage);
    return;
  }
  const abort = new AbortController();
  const ended = new Promise<void>((resolve) => {
    const stop = (): void => {
      interrupted = true;
      abort.abort();
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
  const config = readDevnetConfig({
    state: values.state,
    portOffset: values["port-offset"] === undefined ? undefined : Number(values["port-offset"]),
  });
  const net = await startDevnet({
    config,
    services: values.services === undefined ? undefined : readServices(values.services),
    onProgress: ({ elapsedMs, text }) => say(elapsedMs, text),
    onGivenUp: () => {
      process.exitCode = 1;
    },
    signal: abort.signal,
  });
  console.log("Ready. Ctrl-C stops all and keeps the state.");
  await ended;
  await net.stop();
}

function readServices(list: string): readonly DevnetServiceName[] {
  return list.split(",").map((name) => {
    const found = devnetServices.find((service) => service === name.trim());
    if (found === undefined) {
      throw new DevnetError("bad_service", `There is no service "${name}": ${devnetServices.join(", ")}.`, false);
    }
    return found;
  });
}

main().catch((error: unknown) => {
  if (interrupted) {
    console.log("Stopped before all was up. The state is kept.");
    return;
  }
  console.error(error instanceof DevnetError ? `${error.message}` : error);
  process.exitCode = 1;
});
