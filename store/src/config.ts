import { resolve } from "node:path";

export interface StoreConfig {
  readonly host: string;
  readonly port: number;
  /** Where the blocks are kept. */
  readonly folder: string;
}

/** From STORE_HOST (127.0.0.1), STORE_PORT (5001) and STORE_DIR (.openledger/store). */
export function readStoreConfig(env: NodeJS.ProcessEnv = process.env): StoreConfig {
  const port = Number(env.STORE_PORT ?? "5001");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`STORE_PORT must be a port from 0 to 65535; it is "${env.STORE_PORT}".`);
  }
  return {
    host: env.STORE_HOST ?? "127.0.0.1",
    port,
    folder: resolve(env.STORE_DIR ?? ".openledger/store"),
  };
}
