import { resolve } from "node:path";
import {
  ARITHMETICS,
  type Arithmetic,
  DEFAULT_ARITHMETIC,
  DEFAULT_TIER,
  PROVIDERS,
  type Provider,
  TIERS,
  type Tier,
} from "@openledger/engine";
import type { KeySource } from "./key/loadAccount.js";
import type { LeastPrice } from "./serve/ModelLoader.js";
import type { SettlePolicy } from "./settle/Settler.js";

export interface RunnerConfig {
  readonly host: string;
  readonly port: number;
  readonly rpcUrl: string;
  readonly deploymentFile: string;
  readonly databaseUrl: string;
  readonly contentUrl: string;
  readonly modelDir: string;
  readonly cacheDir: string;
  readonly threads: number;
  /** What computes, and the precision of the programs that are served. */
  readonly provider: Provider;
  readonly tier: Tier;
  readonly arithmetic: Arithmetic;
  readonly key: KeySource;
  /** Published on the chain as the runner's endpoint when it differs; undefined leaves it. */
  readonly publicUrl: string | undefined;
  /** How long a voucher must be good when its request comes, seconds. */
  readonly horizonSeconds: number;
  readonly queueLimit: number;
  readonly bodyLimit: number;
  readonly pollMs: number;
  readonly settle: SettlePolicy;
  /** How long behind the end of a batch's trial its receipts are kept, seconds. */
  readonly keepSeconds: bigint;
  /** Most bytes of all indexes that are kept on disk. */
  readonly maximumIndexBytes: number;
  /** Models whose tokens cost less are not served, base units. */
  readonly leastPrice: LeastPrice;
}

/**
 * From the environment:
 *
 * | name | | default |
 * |---|---|---|
 * | DATABASE_URL | PostgreSQL database of this runner alone | required |
 * | HOST, PORT | where the API listens | 127.0.0.1, 8080 |
 * | PUBLIC_URL | published on the chain as the endpoint | |
 * | RPC_URL | JSON-RPC of the chain | http://127.0.0.1:8545 |
 * | DEPLOYMENT_FILE | what the deploy script wrote | .openledger/deployment.json |
 * | STORE_URL | content store | http://127.0.0.1:5001 |
 * | MODEL_DIR | folder of the base model | engine/models/base |
 * | DATA_DIR | writable folder | .openledger/runner |
 * | KEY_FILE, KEY_PASSWORD_FILE | keystore, or a key in hex | on the local chain a well-known key |
 * | ENGINE_PROVIDER | `cpu`, `cuda` or `webgpu` | cpu |
 * | ENGINE_TIER | `w8a8`, `w8a16` or `w15a15` | w8a16 |
 * | ENGINE_ARITHMETIC | `float` or `integer` | float |
 * | ENGINE_THREADS | threads of a run | 1 |
 * | POLL_MS | between looks at the chain | 250 |
 * | QUEUE_LIMIT | open requests | 64 |
 * | BODY_LIMIT | bytes of a request | 65,536 |
 * | VOUCHER_HORIZON_SECONDS | how long a voucher must be good | 60 |
 * | SETTLE_RECEIPTS, SETTLE_SECONDS | settles after so many, or so long | 20, 3 |
 * | MAXIMUM_BATCH_RECEIPTS | most of one batch: all of it can be demanded at once and is shown in many transactions | 4,096 |
 * | SETTLE_MARGIN_SECONDS | before a voucher ends | 5 |
 * | RECHECK_BLOCKS | depth at which a settlement is looked at again | 64 |
 * | KEEP_DAYS | how long settled receipts are kept when the court may no longer ask for them | 30 |
 * | MAXIMUM_INDEX_MIB | most of all attribution indexes on disk | 65,536 |
 * | LEAST_PROMPT_TOKEN_PRICE, LEAST_OUTPUT_TOKEN_PRICE | base units; cheaper models are not served | 0, 1 |
 *
 * @throws RangeError naming the variable, what it must be and what it is
 */
export function readRunnerConfig(env: NodeJS.ProcessEnv = process.env): RunnerConfig {
  const text = (name: string, fallback: string) => env[name] ?? fallback;
  const count = (name: string, fallback: number, least: number, most: number) => {
    const value = Number(env[name] ?? fallback);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new RangeError(`${name} is a whole number from ${least} to ${most}; it is "${env[name]}".`);
  };
  const amount = (name: string, fallback: string) => {
    const value = env[name] ?? fallback;
    if (/^[0-9]{1,28}$/.test(value)) return BigInt(value);
    throw new RangeError(`${name} is an amount of base units; it is "${value}".`);
  };
  const choice = <T extends string>(name: string, from: readonly T[], fallback: T): T => {
    const value = env[name] ?? fallback;
    const found = from.find((one) => one === value);
    if (found !== undefined) return found;
    throw new RangeError(`${name} is one of ${from.join(", ")}; it is "${value}".`);
  };
  const databaseUrl = env.DATABASE_URL;
  if (databaseUrl === undefined) {
    throw new RangeError("Set DATABASE_URL to the runner's PostgreSQL database (postgresql://user:password@host/db).");
  }
  return {
    host: text("HOST", "127.0.0.1"),
    port: count("PORT", 8080, 0, 65_535),
    rpcUrl: text("RPC_URL", "http://127.0.0.1:8545"),
    deploymentFile: resolve(text("DEPLOYMENT_FILE", ".openledger/deployment.json")),
    databaseUrl,
    contentUrl: text("STORE_URL", "http://127.0.0.1:5001"),
    modelDir: resolve(text("MODEL_DIR", "engine/models/base")),
    cacheDir: resolve(text("DATA_DIR", ".openledger/runner")),
    threads: count("ENGINE_THREADS", 1, 1, 256),
    provider: choice("ENGINE_PROVIDER", PROVIDERS, "cpu"),
    tier: choice("ENGINE_TIER", TIERS, DEFAULT_TIER),
    arithmetic: choice("ENGINE_ARITHMETIC", ARITHMETICS, DEFAULT_ARITHMETIC),
    key: { file: env.KEY_FILE, passwordFile: env.KEY_PASSWORD_FILE },
    publicUrl: env.PUBLIC_URL,
    horizonSeconds: count("VOUCHER_HORIZON_SECONDS", 60, 1, 86_400),
    queueLimit: count("QUEUE_LIMIT", 64, 1, 100_000),
    bodyLimit: count("BODY_LIMIT", 65_536, 1024, 16_777_216),
    pollMs: count("POLL_MS", 250, 10, 60_000),
    settle: {
      receipts: count("SETTLE_RECEIPTS", 20, 1, 10_000),
      seconds: count("SETTLE_SECONDS", 3, 0, 86_400),
      // With 72 shares and 64 records each, so many make a file of 28 MB; the content store takes 32 MiB.
      maxReceipts: count("MAXIMUM_BATCH_RECEIPTS", 4096, 1, 4096),
      maxRows: 250,
      marginSeconds: count("SETTLE_MARGIN_SECONDS", 5, 0, 86_400),
      replaceSeconds: 60,
      recheckDepth: BigInt(count("RECHECK_BLOCKS", 64, 0, 100_000)),
    },
    keepSeconds: BigInt(count("KEEP_DAYS", 30, 0, 100_000)) * 86_400n,
    maximumIndexBytes: count("MAXIMUM_INDEX_MIB", 65_536, 1, 2 ** 30) * 2 ** 20,
    leastPrice: {
      perPromptToken: amount("LEAST_PROMPT_TOKEN_PRICE", "0"),
      perOutputToken: amount("LEAST_OUTPUT_TOKEN_PRICE", "1"),
    },
  };
}
