import { join } from "node:path";

/** Where the command finds the protocol when no option says so: the local network's own places. */
export type CliConfig = {
  readonly deployment: string;
  readonly rpc: string;
  readonly graphql: string;
  readonly content: string;
  readonly runner: string;
  readonly oracle: string;
  /** File with the account that pays for transactions; undefined when none is given. */
  readonly keyFile: string | undefined;
};

export function readConfig(env: NodeJS.ProcessEnv = process.env): CliConfig {
  return {
    deployment: env.DEPLOYMENT_FILE ?? join(".openledger", "deployment.json"),
    rpc: env.RPC_URL ?? "http://127.0.0.1:8545",
    graphql: env.GRAPHQL_URL ?? "http://127.0.0.1:8000/subgraphs/name/openledger",
    content: env.STORE_URL ?? "http://127.0.0.1:5001",
    runner: env.RUNNER_URL ?? "http://127.0.0.1:8080",
    oracle: env.ORACLE_URL ?? "http://127.0.0.1:8090",
    keyFile: env.KEY_FILE,
  };
}
