/** `node runner/dist/collect.js`: sweeps the runner's dues to it, and its stakers' into their pool. */
import { readFileSync } from "node:fs";
import { collectRunner, collectStakers, createChainClient, parseDeployment, readDues } from "@openledger/sdk";
import { readRunnerConfig } from "./config.js";
import { loadAccount } from "./key/loadAccount.js";
import { lineLog } from "./Log.js";

const config = readRunnerConfig();
const log = lineLog(
  (line) => process.stdout.write(line),
  () => new Date(),
);
const deployment = parseDeployment(JSON.parse(readFileSync(config.deploymentFile, "utf8")) as unknown);
const account = loadAccount(config.key, deployment.chainId);
const client = createChainClient({ deployment, rpcUrl: config.rpcUrl, account });
const runner = account.address;
const dues = await readDues(client, runner, []);
if (dues.runner > 0n) {
  const { hash } = await collectRunner(client, { runner });
  log("collected the runner's dues", { amount: dues.runner, transaction: hash });
}
if (dues.stakers > 0n) {
  const { hash } = await collectStakers(client, { runner });
  log("collected the stakers' dues into the runner's pool", { amount: dues.stakers, transaction: hash });
}
if (dues.runner === 0n && dues.stakers === 0n) log("nothing is due", { runner });
