import { ContentClient } from "@openledger/sdk";
import { CardShelf } from "./CardShelf.js";
import { readAppConfig } from "./config.js";
import { createApp } from "./createApp.js";
import { readStatus } from "./readStatus.js";

const config = readAppConfig();
const cards = new CardShelf(new ContentClient({ url: config.storeUrl }));
const app = createApp({
  readStatus: () => readStatus(config, cards, new Date()),
  onFault: (error) => console.error(error),
});
const server = app.listen(config.port, config.host, (error) => {
  if (error === undefined) {
    console.log(`status page on http://${config.host}:${config.port}`);
    return;
  }
  console.error(`The status page cannot listen on ${config.host}:${config.port}: ${error.message}. Set PORT.`);
  process.exitCode = 1;
});

const stop = () => {
  server.close();
  server.closeIdleConnections();
};
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
