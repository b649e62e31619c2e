import { resolve } from "node:path";
import { type Address, isAddress } from "viem";

export interface StoreConfig {
  readonly host: string;
  readonly port: number;
  /** Where the blocks are kept. */
  readonly folder: string;
  /** Undefined: nothing is erased. */
  readonly erasure: ErasureConfig | undefined;
}

export interface ErasureConfig {
  /** May have anything erased. */
  readonly erasers: readonly Address[];
  /** JSON-RPC of the chain that says what is whose; undefined: contributors have nothing erased. */
  readonly rpcUrl: string | undefined;
  /** What the deploy script writes: whose chain's signatures are taken. Read when something is to be erased. */
  readonly deploymentFile: string;
}

/**
 * From the environment:
 *
 * | name | | default |
 * |---|---|---|
 * | STORE_HOST, STORE_PORT | where it listens | 127.0.0.1, 5001 |
 * | STORE_DIR | where the blocks are kept | .openledger/store |
 * | STORE_DEPLOYMENT | what the deploy script wrote, or will write; needed for any erasure | |
 * | STORE_RPC_URL | JSON-RPC of its chain: contributors may have records of their own erased | |
 * | STORE_ERASERS | addresses, with commas, that may have anything erased | none |
 *
 * @throws RangeError naming the variable, what it must be and what it is
 */
export function readStoreConfig(env: NodeJS.ProcessEnv = process.env): StoreConfig {
  const port = Number(env.STORE_PORT ?? "5001");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`STORE_PORT must be a port from 0 to 65535; it is "${env.STORE_PORT}".`);
  }
  return {
    host: env.STORE_HOST ?? "127.0.0.1",
    port,
    folder: resolve(env.STORE_DIR ?? ".openledger/store"),
    erasure: readErasureConfig(env),
  };
}

function readErasureConfig(env: NodeJS.ProcessEnv): ErasureConfig | undefined {
  const erasers = addresses("STORE_ERASERS", env.STORE_ERASERS);
  const rpcUrl = httpUrl("STORE_RPC_URL", env.STORE_RPC_URL);
  const deployment = env.STORE_DEPLOYMENT ?? "";
  if (erasers.length === 0 && rpcUrl === undefined) {
    if (deployment === "") return undefined;
    throw new RangeError("STORE_DEPLOYMENT lets nobody erase by itself: set STORE_RPC_URL or STORE_ERASERS too.");
  }
  if (deployment === "") {
    throw new RangeError(
      "STORE_DEPLOYMENT must be the deployment's file with STORE_RPC_URL or STORE_ERASERS; it is empty.",
    );
  }
  return { erasers, rpcUrl, deploymentFile: resolve(deployment) };
}

function addresses(name: string, text: string | undefined): Address[] {
  if (text === undefined || text.trim() === "") return [];
  return text.split(",").map((part) => {
    const address = part.trim();
    // Strict: what is written in mixed case carries a checksum, and a slip of the pen would name somebody else.
    if (isAddress(address)) return address;
    throw new RangeError(`${name} must be addresses with commas between them, 0x and 40 digits; it has "${address}".`);
  });
}

function httpUrl(name: string, text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new RangeError(`${name} must be an address that begins with http:// or https://; it is "${text}".`);
}
