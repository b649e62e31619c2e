import { resolve } from "node:path";
import type { KeySource } from "./key/loadAccount.js";
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
  readonly key: KeySource;
  /** Published on the chain as the runner's endpoint when it differs; undefined leaves it. */
  readonly publicUrl: string | undefined;
  /** How long a voucher must be good when its request comes, seconds. */
  readonly horizonSeconds: number;
  readonly queueLimit: number;
  readonly bodyLimit: number;
  readonly pollMs: number;
  readonly settle: SettlePolicy;
}

/**
 * From the environment. RUNNER_DATABASE_URL or DATABASE_URL is required; the rest defaults to a local network:
 *
 * RPC_URL, DEPLOYMENT_FILE, CONTENT_URL, MODEL_DIR, RUNNER_HOST, RUNNER_PORT, RUNNER_CACHE_DIR, RUNNER_THREADS,
 * RUNNER_KEY_FILE, RUNNER_KEY_PASSWORD_FILE, RUNNER_PUBLIC_URL, RUNNER_POLL_MS, RUNNER_QUEUE_LIMIT, RUNNER_BODY_LIMIT,
 * RUNNER_VOUCHER_HORIZON_SECONDS, RUNNER_SETTLE_RECEIPTS, RUNNER_SETTLE_SECONDS, RUNNER_SETTLE_MARGIN_SECONDS,
 * RUNNER_RECHECK_BLOCKS.
 */
export function readRunnerConfig(env: NodeJS.ProcessEnv = process.env): RunnerConfig {
  const text = (name: string, fallback: string) => env[name] ?? fallback;
  const count = (name: string, fallback: number, least: number, most: number) => {
    const value = Number(env[name] ?? fallback);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new RangeError(`${name} is a whole number from ${least} to ${most}; it is "${env[name]}".`);
  };
  const databaseUrl = env.RUNNER_DATABASE_URL ?? env.DATABASE_URL;
  if (databaseUrl === undefined) {
    throw new RangeError(
      "Set RUNNER_DATABASE_URL to the runner's PostgreSQL database (postgresql://user:password@host/db).",
    );
  }
  return {
    host: text("RUNNER_HOST", "127.0.0.1"),
    port: count("RUNNER_PORT", 8080, 0, 65_535),
    rpcUrl: text("RPC_URL", "http://127.0.0.1:8545"),
    deploymentFile: resolve(text("DEPLOYMENT_FILE", ".openledger/deployment.json")),
    databaseUrl,
    contentUrl: text("CONTENT_URL", "http://127.0.0.1:5001"),
    modelDir: resolve(text("MODEL_DIR", "engine/models/base")),
    cacheDir: resolve(text("RUNNER_CACHE_DIR", ".openledger/runner")),
    threads: count("RUNNER_THREADS", 1, 1, 256),
    key: { file: env.RUNNER_KEY_FILE, passwordFile: env.RUNNER_KEY_PASSWORD_FILE },
    publicUrl: env.RUNNER_PUBLIC_URL,
    horizonSeconds: count("RUNNER_VOUCHER_HORIZON_SECONDS", 60, 1, 86_400),
    queueLimit: count("RUNNER_QUEUE_LIMIT", 64, 1, 100_000),
    bodyLimit: count("RUNNER_BODY_LIMIT", 65_536, 1024, 16_777_216),
    pollMs: count("RUNNER_POLL_MS", 250, 10, 60_000),
    settle: {
      receipts: count("RUNNER_SETTLE_RECEIPTS", 20, 1, 10_000),
      seconds: count("RUNNER_SETTLE_SECONDS", 3, 0, 86_400),
      maxReceipts: 2000,
      maxRows: 250,
      marginSeconds: count("RUNNER_SETTLE_MARGIN_SECONDS", 5, 0, 86_400),
      replaceSeconds: 60,
      recheckDepth: BigInt(count("RUNNER_RECHECK_BLOCKS", 64, 0, 100_000)),
    },
  };
}
