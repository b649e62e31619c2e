/** Where the protocol lies on the local chain: deployed once per chain, kept in `deployment.json`. */
import { createHash, randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findBinary } from "./binaries.js";
import { callRpc } from "./callRpc.js";
import { DevnetError } from "./DevnetError.js";
import { minedAtOnce } from "./minedAtOnce.js";
import { repositoryRoot } from "./repositoryRoot.js";
import { runTool } from "./runTool.js";
import { withBuildLock } from "./withBuildLock.js";

/** What Deploy.s.sol writes. */
export interface DeploymentFile {
  readonly chainId: number;
  /** No contract lies in an earlier block. */
  readonly startBlock: number;
  readonly addresses: Readonly<Record<string, `0x${string}`>>;
}

export interface DeployOptions {
  readonly stateDir: string;
  readonly rpcUrl: string;
  /** Of the chain, once it is deployed to. */
  readonly blockTimeSeconds: number;
  /** The file to write. */
  readonly path: string;
  /** Deploys as this account, which anvil has unlocked. */
  readonly deployer: `0x${string}`;
  /** Variables that the tools may need: PATH, HOME and forge's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly forgeBin?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The deployment on this chain, if the file names one whose contracts are there. */
export async function findDeployment(path: string, rpcUrl: string): Promise<DeploymentFile | undefined> {
  if (!existsSync(path)) return undefined;
  const deployment = readDeployment(path);
  const codes = await Promise.all(
    Object.values(deployment.addresses).map((address) => callRpc(rpcUrl, "eth_getCode", [address, "latest"])),
  );
  return codes.every((code) => code !== "0x") ? deployment : undefined;
}

/** Compiles what is not compiled, deploys by forge and answers what it wrote. */
export async function deployProtocol(options: DeployOptions): Promise<DeploymentFile> {
  // forge may write below the repository only (fs_permissions of foundry.toml), the state may lie elsewhere.
  const folder = join(repositoryRoot, ".openledger");
  mkdirSync(folder, { recursive: true });
  const written = join(folder, `deployment-${process.pid}-${randomUUID()}.json`);
  const forge = {
    name: "deploy",
    command: findBinary("forge", { override: options.forgeBin }),
    args: [
      ["script", "script/Deploy.s.sol:Deploy"],
      ["--rpc-url", options.rpcUrl],
      ["--sender", options.deployer],
      "--unlocked",
      "--broadcast",
      "--slow",
      "--non-interactive",
    ].flat(),
    env: {
      ...options.env,
      DEPLOYMENT_OUT: written,
      FOUNDRY_BROADCAST: join(options.stateDir, "broadcast"),
    },
    cwd: repositoryRoot,
    stateDir: options.stateDir,
    signal: options.signal,
  };
  await minedAtOnce(options.rpcUrl, options.blockTimeSeconds, () => runTool(forge));
  copyFileSync(written, `${options.path}.new`);
  renameSync(`${options.path}.new`, options.path);
  rmSync(written, { force: true });
  const deployment = await findDeployment(options.path, options.rpcUrl);
  if (deployment === undefined) {
    throw new DevnetError(
      "deploy_failed",
      `forge ended well, but the contracts in ${options.path} are not there.`,
      true,
    );
  }
  return deployment;
}

/** Compiles the contracts that the deployment needs; forge skips what has not changed. */
export async function compileContracts(
  options: Omit<DeployOptions, "rpcUrl" | "blockTimeSeconds" | "path" | "deployer">,
): Promise<void> {
  await withBuildLock("contracts", options.signal, () =>
    runTool({
      name: "compile",
      command: findBinary("forge", { override: options.forgeBin }),
      args: ["build", "script/Deploy.s.sol"],
      env: options.env,
      cwd: repositoryRoot,
      stateDir: options.stateDir,
      signal: options.signal,
    }),
  );
}

/**
 * Twelve hexadecimal digits that name this chain and this deployment. Databases carry it in their names: an index or
 * a ledger of another chain can never be mistaken for this one's.
 */
export async function deploymentKey(rpcUrl: string, deployment: DeploymentFile | undefined): Promise<string> {
  // All local chains share their first block; the one after the deployment's start has this chain's own time in it.
  const block = deployment === undefined ? 0 : deployment.startBlock + 1;
  const first = (await callRpc(rpcUrl, "eth_getBlockByNumber", [`0x${block.toString(16)}`, false])) as {
    readonly hash: string;
  };
  return createHash("sha256")
    .update(JSON.stringify([first.hash, deployment?.addresses ?? {}]))
    .digest("hex")
    .slice(0, 12);
}

function readDeployment(path: string): DeploymentFile {
  const value = JSON.parse(readFileSync(path, "utf8")) as Partial<DeploymentFile>;
  if (
    typeof value.chainId !== "number" ||
    typeof value.startBlock !== "number" ||
    typeof value.addresses !== "object"
  ) {
    throw new DevnetError(
      "bad_deployment",
      `${path} should hold chainId, startBlock and addresses and does not. Delete it to deploy anew.`,
      false,
    );
  }
  return value as DeploymentFile;
}
