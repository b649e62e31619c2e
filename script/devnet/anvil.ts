/** A local chain: anvil from an npm package, its state kept in a file that survives being killed. */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { numberToHex } from "viem";
import { findBinary } from "./binaries.js";
import { ChainKeeper } from "./ChainKeeper.js";
import { callRpc } from "./callRpc.js";
import { freePort } from "./ports.js";
import { type ServiceExit, ServiceProcess } from "./ServiceProcess.js";
import { waitUntilHealthy } from "./waitUntilHealthy.js";

export interface AnvilOptions {
  /** Folder for state, log and process record; made when it does not exist. */
  readonly stateDir: string;
  /** Port on 127.0.0.1; a free one when not given. */
  readonly port?: number;
  /** Seconds between blocks; a block for each transaction when not given. */
  readonly blockTimeSeconds?: number;
  /** 31337 when not given: the contracts' short clocks are that chain's alone. */
  readonly chainId?: number;
  /** Dev accounts of the well-known mnemonic; 30 when not given. */
  readonly accounts?: number;
  /** The program; the npm package's when not given. */
  readonly bin?: string | undefined;
  /** Aborting it stops the start. */
  readonly signal?: AbortSignal | undefined;
}

export interface Anvil {
  readonly port: number;
  readonly url: string;
  readonly process: ServiceProcess;
  isHealthy(): Promise<boolean>;
  /** The highest block that is safely on disk; -1n before the first copy. */
  keptBlock(): bigint;
  /** Puts the state on disk now. */
  keep(): Promise<void>;
  /** Keeps the state and ends the chain. */
  stop(): Promise<ServiceExit>;
}

const startTimeoutMs = 30_000;

/**
 * The first block's time, the same for every chain: anvil makes a new first block at each start, and after loading a
 * state it answers with either one. Were they not equal, the index and the nodes would take a restart for another chain.
 */
const genesisTimestamp = 1_700_000_000;

/** @throws MissingBinaryError, ServiceFailedError */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const stateDir = resolve(options.stateDir);
  const folder = join(stateDir, "anvil");
  mkdirSync(folder, { recursive: true });
  const chainId = options.chainId ?? 31_337;
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const keeper = new ChainKeeper(join(folder, "state.json"), url);
  const loaded = keeper.loadable();

  const service = await ServiceProcess.start({
    service: "anvil",
    command: findBinary("anvil", { override: options.bin }),
    args: [
      ["--host", "127.0.0.1"],
      ["--port", String(port)],
      ["--chain-id", String(chainId)],
      ["--accounts", String(options.accounts ?? 30)],
      ["--timestamp", String(genesisTimestamp)],
      options.blockTimeSeconds === undefined ? [] : ["--block-time", String(options.blockTimeSeconds)],
      loaded === undefined ? [] : ["--load-state", loaded],
      ["--cache-path", join(folder, "cache")],
      "--quiet",
    ].flat(),
    env: { HOME: folder, PATH: "/usr/bin:/bin", FOUNDRY_DISABLE_NIGHTLY_WARNING: "1" },
    cwd: folder,
    stateDir,
  });

  const isHealthy = async () => (await callRpc(url, "eth_chainId", [])) === numberToHex(chainId);
  try {
    await waitUntilHealthy({ service, isHealthy, timeoutMs: startTimeoutMs, signal: options.signal });
    // The clock goes on from the first or the loaded block: vouchers and windows need the real time.
    await callRpc(url, "evm_setTime", [Math.floor(Date.now() / 1000)]);
  } catch (error) {
    await service.stop("SIGKILL", 0);
    throw error;
  }
  keeper.follow(service.exited);
  return {
    port,
    url,
    process: service,
    isHealthy,
    keptBlock: () => keeper.keptBlock,
    keep: () => keeper.keep(),
    stop: async () => {
      await keeper.keep().catch(() => {});
      return service.stop("SIGTERM", 3_000);
    },
  };
}
