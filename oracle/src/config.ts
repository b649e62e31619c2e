import { readFileSync } from "node:fs";
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
import { type Deployment, parseDeployment, parseOpen } from "@openledger/sdk";
import type { Hex } from "viem";
import { readKey } from "./chain/readKey.js";
import { OracleError } from "./OracleError.js";

/** `propose`: recompute, open, propose, finalise, and refute what others propose falsely. `watch`: only refute. */
export type OracleMode = "propose" | "watch";

export interface OracleConfig {
  readonly mode: OracleMode;
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly databaseUrl: string;
  readonly storeUrl: string;
  /** Asked instead of what runners announce on chain. */
  readonly runnerUrl: string | undefined;
  /** Folder of the base model; needed to propose. */
  readonly modelDir: string | undefined;
  /** What recomputes, and the precision of the programs that are audited. */
  readonly provider: Provider;
  readonly tier: Tier;
  readonly arithmetic: Arithmetic;
  /** Threads of a run. */
  readonly threads: number;
  /** Folder for what is built once, for instance indexes. */
  readonly dataDir: string;
  readonly privateKey: Hex;
  readonly host: string;
  readonly port: number;
  readonly pollIntervalMs: number;
  /** Blocks that must lie above what a transaction follows from. */
  readonly confirmations: bigint;
  /** How long a file or a runner that does not answer is waited for before its receipts count as false. */
  readonly graceSeconds: number;
  /** Most that may lie in bonds of disputes and deposits of demands, or be lost to them, base units. */
  readonly courtBudget: bigint;
  /** Datanets in whose rounds contributions are scored. */
  readonly validatedDatanets: readonly bigint[];
  /** Datanets whose owners decide, and of whose contributions an opinion is told to who asks. */
  readonly advisedDatanets: readonly bigint[];
  /** Whether scores rest on a probe too, which trains an adapter for each contribution. */
  readonly probesContributions: boolean;
  /** Least that a range of claims must pay to be pushed, base units; undefined when none are. */
  readonly pushedLeast: bigint | undefined;
}

const localChain = 31_337;
const mostDatanets = 64;

/**
 * From the environment:
 *
 * | name | | default |
 * |---|---|---|
 * | ORACLE_MODE | `propose` or `watch` | propose |
 * | RPC_URL | JSON-RPC of the chain | http://127.0.0.1:8545 |
 * | DEPLOYMENT_FILE | what the deploy script wrote | required |
 * | DATABASE_URL | PostgreSQL database of this oracle alone | required |
 * | STORE_URL | content store | http://127.0.0.1:5001 |
 * | RUNNER_URL | asked instead of the announced endpoints | |
 * | MODEL_DIR | folder of the base model | required to propose |
 * | ENGINE_PROVIDER | `cpu`, `cuda` or `webgpu` | cpu |
 * | ENGINE_TIER | `w8a8`, `w8a16` or `w15a15` | w8a16 |
 * | ENGINE_ARITHMETIC | `float` or `integer` | float |
 * | ENGINE_THREADS | threads of a run | 1 |
 * | DATA_DIR | writable folder | .openledger/oracle |
 * | KEY_FILE | JSON with `privateKey`, or a hexadecimal key | on the local chain a well-known key |
 * | HOST, PORT | where the API listens | 127.0.0.1, 8090 |
 * | POLL_INTERVAL_MS | between looks at the chain | 250 locally, else 2000 |
 * | CONFIRMATIONS | blocks above what is acted on | 0 locally, else 12 |
 * | GRACE_SECONDS | patience with what cannot be read; with a batch's file at most a quarter of its trial | 3600 |
 * | COURT_BUDGET | most OPEN in bonds of disputes and deposits of demands, lost ones with them | 5000, to watch 500 |
 * | PUSH_CLAIMS_LEAST | pushes others' claims in ranges that pay at least so many OPEN | none |
 * | VALIDATED_DATANETS | numbers of Datanets, with commas, whose contributions are scored; only with `propose` | none |
 * | ADVISED_DATANETS | numbers of Datanets that their owners decide: who asks is told what is found of a contribution; only with `propose` | none |
 * | PROBE_CONTRIBUTIONS | `on` or `off`: whether an adapter is trained for each of them | on |
 *
 * @throws OracleError `invalid_config`, `unknown_key`
 */
export function readOracleConfig(env: NodeJS.ProcessEnv = process.env): OracleConfig {
  const mode = env.ORACLE_MODE ?? "propose";
  if (mode !== "propose" && mode !== "watch") throw invalid("ORACLE_MODE", "propose or watch", mode);
  const deployment = readDeployment(required(env, "DEPLOYMENT_FILE"));
  const isLocal = deployment.chainId === localChain;
  return {
    mode,
    rpcUrl: env.RPC_URL ?? "http://127.0.0.1:8545",
    deployment,
    databaseUrl: required(env, "DATABASE_URL"),
    storeUrl: env.STORE_URL ?? "http://127.0.0.1:5001",
    runnerUrl: env.RUNNER_URL === "" ? undefined : env.RUNNER_URL,
    modelDir: mode === "propose" ? resolve(required(env, "MODEL_DIR")) : undefined,
    provider: choice(env, "ENGINE_PROVIDER", PROVIDERS, "cpu"),
    tier: choice(env, "ENGINE_TIER", TIERS, DEFAULT_TIER),
    arithmetic: choice(env, "ENGINE_ARITHMETIC", ARITHMETICS, DEFAULT_ARITHMETIC),
    threads: wholeNumber(env, "ENGINE_THREADS", 1, 1, 256),
    dataDir: resolve(env.DATA_DIR ?? ".openledger/oracle"),
    privateKey: readKey({ keyFile: env.KEY_FILE, chainId: deployment.chainId, mode }),
    host: env.HOST ?? "127.0.0.1",
    port: wholeNumber(env, "PORT", 8090, 0, 65_535),
    pollIntervalMs: wholeNumber(env, "POLL_INTERVAL_MS", isLocal ? 250 : 2000, 50, 60_000),
    confirmations: BigInt(wholeNumber(env, "CONFIRMATIONS", isLocal ? 0 : 12, 0, 10_000)),
    graceSeconds: wholeNumber(env, "GRACE_SECONDS", 3600, 1, 30 * 24 * 3600),
    courtBudget: openAmount(env, "COURT_BUDGET") ?? parseOpen(mode === "propose" ? "5000" : "500"),
    pushedLeast: openAmount(env, "PUSH_CLAIMS_LEAST"),
    validatedDatanets: datanets(env, "VALIDATED_DATANETS", mode),
    advisedDatanets: datanets(env, "ADVISED_DATANETS", mode),
    probesContributions: choice(env, "PROBE_CONTRIBUTIONS", ["on", "off"], "on") === "on",
  };
}

function readDeployment(path: string): Deployment {
  try {
    return parseDeployment(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new OracleError("invalid_config", `DEPLOYMENT_FILE ${path}: ${String(cause)}`, { retryable: false, cause });
  }
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw invalid(name, "a value", "nothing");
  return value;
}

function choice<T extends string>(env: NodeJS.ProcessEnv, name: string, from: readonly T[], standard: T): T {
  const text = env[name] === undefined || env[name] === "" ? standard : env[name];
  const found = from.find((one) => one === text);
  if (found === undefined) throw invalid(name, `one of ${from.join(", ")}`, `${text}`);
  return found;
}

/** Who scores needs the base, which an oracle that only watches has not opened. */
function datanets(env: NodeJS.ProcessEnv, name: string, mode: OracleMode): readonly bigint[] {
  const text = env[name];
  if (text === undefined || text === "") return [];
  if (mode !== "propose") throw invalid(name, "nothing with ORACLE_MODE watch", text);
  const numbers = text.split(",").map((one) => one.trim());
  if (numbers.length > mostDatanets || !numbers.every((one) => /^[1-9][0-9]{0,18}$/.test(one))) {
    throw invalid(name, `at most ${mostDatanets} numbers with commas between them`, text);
  }
  return [...new Set(numbers.map(BigInt))];
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, standard: number, least: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === "") return standard;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw invalid(name, `a whole number from ${least} to ${most}`, text);
  }
  return value;
}

function openAmount(env: NodeJS.ProcessEnv, name: string): bigint | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,9}(\.\d{1,18})?$/.test(text)) throw invalid(name, "an amount of OPEN", text);
  return parseOpen(text);
}

function invalid(name: string, expected: string, found: string): OracleError {
  return new OracleError("invalid_config", `${name} must be ${expected}; it is "${found}".`, { retryable: false });
}
