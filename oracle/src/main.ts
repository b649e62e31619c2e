import { createServer } from "node:http";
import { systemClock } from "./Clock.js";
import { readOracleConfig } from "./config.js";
import { consoleLog as log } from "./Log.js";
import { openOracle } from "./openOracle.js";
import { createOracleApp } from "./server/createOracleApp.js";

const config = readOracleConfig();
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
process.once("SIGINT", () => stopping.abort());

const oracle = await openOracle(config, systemClock, log);
const server = createServer(
  createOracleApp({ view: oracle.view, onFault: (error) => log.fault("A request failed", error) }),
);
server.requestTimeout = 30_000;
server.maxConnections = 256;
server.on("error", (error) => {
  log.fault(`The oracle cannot listen on ${config.host}:${config.port}; set PORT`, error);
  process.exitCode = 1;
  stopping.abort();
});
server.listen(config.port, config.host, () => {
  log.info(`oracle (${config.mode}) on http://${config.host}:${config.port}`);
});

// The database may come later, and may go away: it is waited for, and nothing is done without holding it.
let lastFault = "";
while (!stopping.signal.aborted) {
  const lost = new AbortController();
  try {
    await oracle.database.migrate();
    const release = await oracle.database.own(() => lost.abort());
    await oracle.node.run(AbortSignal.any([stopping.signal, lost.signal]));
    await release();
  } catch (error) {
    if (String(error) !== lastFault) log.fault("The oracle waits for its database", error);
    lastFault = String(error);
    await systemClock.sleep(1000, stopping.signal);
  }
}

server.close();
server.closeAllConnections();
await oracle.close();
log.info("stopped");
