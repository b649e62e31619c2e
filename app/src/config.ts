export interface AppConfig {
  readonly host: string;
  readonly port: number;
  readonly rpcUrl: string;
  readonly graphqlUrl: string;
  readonly storeUrl: string;
  readonly runnerUrl: string;
  readonly oracleUrl: string;
}

/** From HOST (127.0.0.1), PORT (3000), RPC_URL, GRAPHQL_URL, STORE_URL, RUNNER_URL and ORACLE_URL. */
export function readAppConfig(env: NodeJS.ProcessEnv = process.env): AppConfig {
  const port = Number(env.PORT ?? "3000");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`PORT must be a port from 0 to 65535; it is "${env.PORT}".`);
  }
  return {
    host: env.HOST ?? "127.0.0.1",
    port,
    rpcUrl: env.RPC_URL ?? "http://127.0.0.1:8545",
    graphqlUrl: env.GRAPHQL_URL ?? "http://127.0.0.1:8000/subgraphs/name/openledger",
    storeUrl: env.STORE_URL ?? "http://127.0.0.1:5001",
    runnerUrl: env.RUNNER_URL ?? "http://127.0.0.1:8080",
    oracleUrl: env.ORACLE_URL ?? "http://127.0.0.1:8090",
  };
}
