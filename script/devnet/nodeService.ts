/** One of the project's own programs: `<workspace>/dist/main.js` under the Node that runs the supervisor. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DevnetError } from "./DevnetError.js";
import { repositoryRoot } from "./repositoryRoot.js";
import { type ServiceExit, ServiceProcess } from "./ServiceProcess.js";
import { waitUntilHealthy } from "./waitUntilHealthy.js";

export type NodeServiceName = "store" | "runner" | "oracle" | "app";

export interface NodeServiceOptions {
  readonly name: NodeServiceName;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 at `/health` when it is ready. */
  readonly url: string;
  /** Aborting it stops the start. */
  readonly signal?: AbortSignal | undefined;
}

export interface NodeService {
  readonly process: ServiceProcess;
  isHealthy(): Promise<boolean>;
  stop(): Promise<ServiceExit>;
}

const startTimeoutMs = 120_000;
const stopTimeoutMs = 10_000;

/** @throws ServiceFailedError */
export async function startNodeService(options: NodeServiceOptions): Promise<NodeService> {
  const main = mainOf(options.name);
  if (!existsSync(main)) {
    throw new DevnetError("not_built", `${main} does not exist: run "npm run build" first.`, false);
  }
  const folder = join(options.stateDir, options.name);
  mkdirSync(folder, { recursive: true });
  const service = await ServiceProcess.start({
    service: options.name,
    command: process.execPath,
    args: ["--enable-source-maps", main],
    env: options.env,
    cwd: folder,
    stateDir: options.stateDir,
  });
  const isHealthy = async () =>
    (await fetch(`${options.url}/health`, { signal: AbortSignal.timeout(5_000) })).status === 200;
  const stop = () => service.stop("SIGTERM", stopTimeoutMs);
  try {
    await waitUntilHealthy({ service, isHealthy, timeoutMs: startTimeoutMs, signal: options.signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return { process: service, isHealthy, stop };
}

/** The program of a service, which `tsc -b` builds. */
export function mainOf(name: NodeServiceName): string {
  return join(repositoryRoot, name, "dist", "main.js");
}
