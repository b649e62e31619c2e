import { readFileSync } from "node:fs";
import { collectRunner, collectStakers, createChainClient, parseDeployment, readDues } from "@openledger/sdk";
import type { RunnerConfig } from "./config.js";
import { loadAccount } from "./key/loadAccount.js";
import type { Log } from "./Log.js";

/** Sweeps the runner's dues to its account, and its stakers' into its pool. @throws ContractRefusedError, TransactionFailedError */
export async function collectDues(config: RunnerConfig, log: Log): Promise<void> {
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
}
