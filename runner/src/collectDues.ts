import { readFileSync } from "node:fs";
import {
  claimOperatorFees,
  collectRunner,
  collectStakers,
  createChainClient,
  parseDeployment,
  readDues,
  readStakeFees,
} from "@openledger/sdk";
import type { RunnerConfig } from "./config.js";
import { loadAccount } from "./key/loadAccount.js";
import type { Log } from "./Log.js";

/** Sweeps the runner's dues and its part of its pool's fees to its account, and its stakers' dues into its pool. @throws ContractRefusedError, TransactionFailedError */
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
  // Without delegators all of them are the runner's at once; else its part is released by and by.
  const { operatorFees } = await readStakeFees(client, runner, "Runner");
  if (operatorFees > 0n) {
    const { event, hash } = await claimOperatorFees(client, { operator: runner, role: "Runner" });
    log("claimed the runner's part of its pool's fees", { amount: event.amount, transaction: hash });
  }
  if (dues.runner === 0n && dues.stakers === 0n && operatorFees === 0n) log("nothing is due", { runner });
}
