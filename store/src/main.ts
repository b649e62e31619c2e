import { createServer } from "node:http";
import { BlockStore } from "./BlockStore.js";
import { readStoreConfig } from "./config.js";
import { createStoreApp } from "./createStoreApp.js";
import { openErasures } from "./erasure/openErasures.js";

const config = readStoreConfig();
const blocks = await BlockStore.open(config.folder);
const erasures = config.erasure === undefined ? undefined : openErasures(blocks, config.erasure);
const server = createServer(createStoreApp({ blocks, erasures, onFault: (error) => console.error(error) }));
server.requestTimeout = 120_000;
// Longer than clients keep an idle connection: they should be the ones to close it.
server.keepAliveTimeout = 75_000;
server.maxConnections = 256;

server.on("error", (error) => {
  console.error(`The store cannot listen on ${config.host}:${config.port}: ${error.message}. Set STORE_PORT.`);
  process.exitCode = 1;
});
server.listen(config.port, config.host, () => {
  console.log(`content store on http://${config.host}:${config.port}, blocks in ${config.folder}`);
});

const stop = () => {
  server.close();
  server.closeIdleConnections();
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
