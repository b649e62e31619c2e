/**
 * The local network: real programs, started in the order they need each other, watched, and stopped in reverse.
 *
 *   anvil ──▶ contracts ──┐                 ┌─▶ runner, oracle, app
 *   postgres, store ──────┴─────────────────┴─▶ graph (and the subgraph's build)
 *
 * What needs nothing of the others starts at once. All state lies in one folder; the next start goes on from it.
 */
import { access, constants, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Anvil, startAnvil } from "./anvil.js";
import { findBinary } from "./binaries.js";
import {
  type DevnetConfig,
  type DevnetPorts,
  type PortName,
  portNames,
  portVariables,
  readDevnetConfig,
} from "./config.js";
import { DevnetError } from "./DevnetError.js";
import { compileContracts, type DeploymentFile, deploymentKey, deployProtocol, findDeployment } from "./deployment.js";
import { devAccounts, writeKeyFile } from "./devAccounts.js";
import { startGraphNode } from "./graphNode.js";
import { mainOf, type NodeServiceName, startNodeService } from "./nodeService.js";
import { assertPortsFree, freePorts } from "./ports.js";
import { type Postgres, startPostgres } from "./postgres.js";
import { stopLeftovers } from "./processRecord.js";
import { repositoryRoot } from "./repositoryRoot.js";
import { lockState } from "./StateLock.js";
import { type RestartPolicy, type RunningService, SupervisedService } from "./SupervisedService.js";
import { buildSubgraph, placePlaceholder, placeSubgraph } from "./subgraph.js";

/** In the order of their start. `contracts` is no process: it is the deployment on anvil. */
export const devnetServices = ["postgres", "anvil", "contracts", "store", "graph", "runner", "oracle", "app"] as const;

export type DevnetServiceName = (typeof devnetServices)[number];
export type DevnetProcessName = Exclude<DevnetServiceName, "contracts">;

const needs: Readonly<Record<DevnetServiceName, readonly DevnetServiceName[]>> = {
  postgres: [],
  anvil: [],
  store: [],
  contracts: ["anvil"],
  graph: ["postgres", "contracts", "store"],
  runner: ["postgres", "contracts", "store"],
  oracle: ["postgres", "contracts", "store"],
  app: ["contracts"],
};

const portsOf: Readonly<Record<DevnetServiceName, readonly PortName[]>> = {
  postgres: ["postgres"],
  anvil: ["anvil"],
  contracts: [],
  store: ["store"],
  graph: ["graphHttp", "graphAdmin", "graphIndex", "graphMetrics"],
  runner: ["runner"],
  oracle: ["oracle"],
  app: ["app"],
};

/** Anvil's chain as the subgraph's manifest names it. */
const network = "anvil";
const leftoverGraceMs = 5_000;

export interface DevnetProgress {
  /** Since the start of the network, in milliseconds. */
  readonly elapsedMs: number;
  readonly text: string;
}

export interface DevnetOptions {
  /** Folder for all state; the configuration's when not given. */
  readonly stateDir?: string | undefined;
  /** `free` takes any free ports; a part of them replaces the configuration's. */
  readonly ports?: "free" | Partial<DevnetPorts> | undefined;
  /** What to start; all when not given. What these need must be among them. */
  readonly services?: readonly DevnetServiceName[] | undefined;
  readonly onProgress?: ((progress: DevnetProgress) => void) | undefined;
  /** Called when a service failed again and again and is given up; the others go on. */
  readonly onGivenUp?: ((error: DevnetError) => void) | undefined;
  /** More variables for the project's own programs. */
  readonly env?: Partial<Readonly<Record<NodeServiceName, Readonly<Record<string, string>>>>> | undefined;
  /** Seconds between blocks; 1 when not given. */
  readonly blockTimeSeconds?: number | undefined;
  readonly restartPolicy?: RestartPolicy | undefined;
  /** Settings; read from the environment when not given. */
  readonly config?: DevnetConfig | undefined;
  /** Aborting it stops a start that is under way. */
  readonly signal?: AbortSignal | undefined;
}

export interface DevnetUrls {
  readonly rpc: string;
  readonly store: string;
  readonly graphql: string;
  readonly indexNode: string;
  readonly runner: string;
  readonly oracle: string;
  readonly app: string;
}

export interface Devnet {
  readonly stateDir: string;
  readonly ports: DevnetPorts;
  readonly urls: DevnetUrls;
  /** Undefined without the service `contracts`. */
  readonly deployment: DeploymentFile | undefined;
  readonly deploymentFile: string;
  /** The URL of a database of this chain and deployment, made when missing. */
  database(name: string): Promise<string>;
  /** The process of a service now running. */
  pid(service: DevnetProcessName): number | undefined;
  /** Sends a signal and resolves when the process has ended; the supervisor starts it again. */
  kill(service: DevnetProcessName, signal: NodeJS.Signals): Promise<void>;
  /** Resolves when the service runs and is healthy; at once when it does now. */
  healthy(service: DevnetProcessName): Promise<void>;
  restart(service: DevnetProcessName): Promise<void>;
  /** Stops one service and leaves it stopped until `startService`. */
  stopService(service: DevnetProcessName): Promise<void>;
  startService(service: DevnetProcessName): Promise<void>;
  /** Stops all in reverse order; idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the network and resolves when all of it is healthy. When any part fails, what had started is stopped.
 *
 * @throws PortTakenError, MissingBinaryError, StateLockedError before anything is started; ServiceFailedError.
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const config = options.config ?? readDevnetConfig();
  const stateDir = resolve(options.stateDir ?? config.stateDir);
  const services = new Set<DevnetServiceName>(options.services ?? devnetServices);
  assertComplete(services);
  await assertPrograms(config, services);
  await assertWritable(stateDir);
  const unlock = lockState(stateDir);
  try {
    const left = await stopLeftovers(stateDir, leftoverGraceMs);
    const ports = await choosePorts(config, options.ports, services);
    const network = new Network(config, { ...options, stateDir }, services, ports, unlock);
    if (left.length > 0) network.say(`stopped what an earlier start had left: ${left.join(", ")}`);
    await network.start();
    return network;
  } catch (error) {
    unlock();
    throw error;
  }
}

class Network implements Devnet {
  readonly stateDir: string;
  readonly urls: DevnetUrls;
  readonly deploymentFile: string;
  deployment: DeploymentFile | undefined;
  private readonly blockTimeSeconds: number;
  readonly #began = performance.now();
  readonly #supervised = new Map<DevnetProcessName, SupervisedService>();
  readonly #abort = new AbortController();
  #postgres: Postgres | undefined;
  #anvil: Anvil | undefined;
  #key = "";
  #stopped: Promise<void> | undefined;

  constructor(
    private readonly config: DevnetConfig,
    private readonly options: DevnetOptions & { readonly stateDir: string },
    private readonly services: ReadonlySet<DevnetServiceName>,
    readonly ports: DevnetPorts,
    private readonly unlock: () => void,
  ) {
    this.stateDir = options.stateDir;
    this.deploymentFile = join(this.stateDir, "deployment.json");
    this.blockTimeSeconds = options.blockTimeSeconds ?? 1;
    const at = (port: number) => `http://127.0.0.1:${port}`;
    this.urls = {
      rpc: at(ports.anvil),
      store: at(ports.store),
      graphql: `${at(ports.graphHttp)}/subgraphs/name/openledger`,
      indexNode: `${at(ports.graphIndex)}/graphql`,
      runner: at(ports.runner),
      oracle: at(ports.oracle),
      app: at(ports.app),
    };
    options.signal?.addEventListener("abort", () => this.#abort.abort(), { once: true });
  }

  say(text: string): void {
    this.options.onProgress?.({ elapsedMs: performance.now() - this.#began, text });
  }

  async start(): Promise<void> {
    try {
      await this.#startAll();
    } catch (error) {
      this.#abort.abort();
      await this.stop();
      throw error;
    }
  }

  async database(name: string): Promise<string> {
    if (this.#postgres === undefined)
      throw new DevnetError("not_running", "postgres is not among the services.", false);
    return this.#postgres.createDatabase(`${name}_${this.#key}`);
  }

  pid(service: DevnetProcessName): number | undefined {
    return this.#service(service).process?.pid;
  }

  kill(service: DevnetProcessName, signal: NodeJS.Signals): Promise<void> {
    return this.#service(service).kill(signal);
  }

  healthy(service: DevnetProcessName): Promise<void> {
    return this.#service(service).healthy();
  }

  restart(service: DevnetProcessName): Promise<void> {
    return this.#service(service).restart();
  }

  stopService(service: DevnetProcessName): Promise<void> {
    return this.#service(service).stop();
  }

  startService(service: DevnetProcessName): Promise<void> {
    return this.#service(service).start();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #startAll(): Promise<void> {
    const { services } = this;
    const tool = { stateDir: this.stateDir, env: this.config.toolEnv, signal: this.#abort.signal };
    const when = <T>(name: DevnetServiceName, run: () => Promise<T>) =>
      services.has(name) ? run() : Promise.resolve(undefined);

    const postgres = when("postgres", () => this.#startPostgres());
    const store = when("store", () => this.#startStore());
    const anvil = when("anvil", () => this.#startAnvil());
    const subgraph = when("graph", async () => {
      await buildSubgraph(tool);
      this.say("subgraph built");
    });
    const contracts = anvil.then(async () => {
      if (services.has("contracts")) await this.#deploy();
      if (services.has("anvil")) this.#key = await deploymentKey(this.urls.rpc, this.deployment);
    });
    const ground = Promise.all([postgres, store, contracts]);
    const after = <T>(before: Promise<T>, name: DevnetServiceName, run: () => Promise<void>) =>
      before.then(() => when(name, run));
    await this.#allOrNone([
      ground,
      after(Promise.all([ground, subgraph]), "graph", () => this.#startGraph()),
      after(ground, "runner", () => this.#startRunner()),
      after(ground, "oracle", () => this.#startOracle()),
      after(ground, "app", () => this.#startApp()),
    ]);
  }

  /** The first failure stops the other starts, and is thrown when they have ended. */
  async #allOrNone(starts: readonly Promise<unknown>[]): Promise<void> {
    try {
      await Promise.all(starts);
    } catch (error) {
      this.#abort.abort();
      await Promise.allSettled(starts);
      throw error;
    }
  }

  #startPostgres(): Promise<void> {
    const start = async (signal: AbortSignal) => {
      this.#postgres = await startPostgres({
        stateDir: this.stateDir,
        port: this.ports.postgres,
        binDir: this.config.programs.postgres,
        signal,
      });
      return this.#postgres;
    };
    // graph-node that lost its database in the wrong moment answers on but indexes no more.
    const restartGraph = () => {
      const graph = this.#supervised.get("graph");
      if (graph?.state !== "running") return;
      this.say("graph is started again, for it lost its database");
      graph.restart().catch((error: unknown) => this.say(String(error)));
    };
    return this.#supervise("postgres", `PostgreSQL on 127.0.0.1:${this.ports.postgres}`, start, restartGraph);
  }

  #startAnvil(): Promise<void> {
    return this.#supervise("anvil", `chain 31337 at ${this.urls.rpc}`, async (signal) => {
      this.#anvil = await startAnvil({
        stateDir: this.stateDir,
        port: this.ports.anvil,
        blockTimeSeconds: this.blockTimeSeconds,
        bin: this.config.programs.anvil,
        signal,
      });
      return this.#anvil;
    });
  }

  async #deploy(): Promise<void> {
    const found = await findDeployment(this.deploymentFile, this.urls.rpc);
    if (found !== undefined) {
      this.deployment = found;
      this.say("contracts found on the chain");
      return;
    }
    const tool = {
      stateDir: this.stateDir,
      env: this.config.toolEnv,
      forgeBin: this.config.programs.forge,
      signal: this.#abort.signal,
    };
    await compileContracts(tool);
    this.say("contracts compiled");
    this.deployment = await deployProtocol({
      ...tool,
      rpcUrl: this.urls.rpc,
      blockTimeSeconds: this.blockTimeSeconds,
      path: this.deploymentFile,
      deployer: devAccounts.deployer.address,
    });
    await this.#anvil?.keep();
    this.say(`contracts deployed (${this.deploymentFile})`);
  }

  #startStore(): Promise<void> {
    return this.#startProgram("store", `content store at ${this.urls.store}`, async () => ({
      STORE_HOST: "127.0.0.1",
      STORE_PORT: String(this.ports.store),
      STORE_DIR: join(this.stateDir, "store", "blocks"),
      STORE_RPC_URL: this.urls.rpc,
      STORE_DEPLOYMENT: this.deploymentFile,
      // On a chain of well-known keys only: elsewhere whoever runs a store names who may erase.
      STORE_ERASERS: devAccounts.oracle.address,
    }));
  }

  async #startGraph(): Promise<void> {
    const manifest = placeSubgraph(this.stateDir, this.deployment as DeploymentFile, network);
    const placeholder = placePlaceholder(this.stateDir, network);
    await this.#supervise("graph", `index at ${this.urls.graphql}`, async (signal) =>
      startGraphNode({
        stateDir: this.stateDir,
        ports: {
          http: this.ports.graphHttp,
          admin: this.ports.graphAdmin,
          index: this.ports.graphIndex,
          metrics: this.ports.graphMetrics,
        },
        manifest,
        placeholder,
        network,
        postgresUrl: await this.database("graph"),
        rpcUrl: this.urls.rpc,
        ipfsUrl: this.urls.store,
        bin: this.config.programs.gnd,
        signal,
      }),
    );
  }

  #startRunner(): Promise<void> {
    return this.#startProgram("runner", `runner at ${this.urls.runner}`, () => this.#nodeEnv("runner"));
  }

  #startOracle(): Promise<void> {
    return this.#startProgram("oracle", `oracle at ${this.urls.oracle}`, async () => ({
      ...(await this.#nodeEnv("oracle")),
      RUNNER_URL: this.urls.runner,
      // the first that is opened, by its owner
      ADVISED_DATANETS: "1",
    }));
  }

  #startApp(): Promise<void> {
    return this.#startProgram("app", `app at ${this.urls.app}`, async () => ({
      HOST: "127.0.0.1",
      PORT: String(this.ports.app),
      ...this.#addresses(),
    }));
  }

  async #nodeEnv(name: "runner" | "oracle"): Promise<Readonly<Record<string, string>>> {
    return {
      HOST: "127.0.0.1",
      PORT: String(this.ports[name]),
      DATABASE_URL: await this.database(name),
      DATA_DIR: join(this.stateDir, name),
      KEY_FILE: writeKeyFile(this.stateDir, name),
      MODEL_DIR: join(repositoryRoot, "engine", "models", "base"),
      ...this.#addresses(),
    };
  }

  #addresses(): Readonly<Record<string, string>> {
    return {
      RPC_URL: this.urls.rpc,
      DEPLOYMENT_FILE: this.deploymentFile,
      STORE_URL: this.urls.store,
      GRAPHQL_URL: this.urls.graphql,
      RUNNER_URL: this.urls.runner,
      ORACLE_URL: this.urls.oracle,
    };
  }

  #startProgram(
    name: NodeServiceName,
    what: string,
    env: () => Promise<Readonly<Record<string, string>>>,
  ): Promise<void> {
    return this.#supervise(name, what, async (signal) =>
      startNodeService({
        name,
        stateDir: this.stateDir,
        env: { ...this.config.toolEnv, ...(await env()), ...this.options.env?.[name] },
        url: this.urls[name],
        signal,
      }),
    );
  }

  async #supervise(
    name: DevnetProcessName,
    what: string,
    start: (signal: AbortSignal) => Promise<RunningService>,
    onRestarted: () => void = () => {},
  ): Promise<void> {
    this.#abort.signal.throwIfAborted();
    const service = new SupervisedService({
      name,
      start,
      onEvent: (message) => this.say(message),
      onRestarted,
      onGivenUp: (error) => {
        this.say(error.message);
        this.options.onGivenUp?.(error);
      },
      ...(this.options.restartPolicy && { policy: this.options.restartPolicy }),
    });
    this.#supervised.set(name, service);
    const stop = () => void service.stop();
    this.#abort.signal.addEventListener("abort", stop, { once: true });
    await service.start();
    this.#abort.signal.removeEventListener("abort", stop);
    this.say(what);
  }

  async #stopAll(): Promise<void> {
    this.#abort.abort();
    const order = devnetServices.filter((name) => name !== "contracts").reverse();
    for (const name of order) {
      const service = this.#supervised.get(name);
      if (service === undefined) continue;
      await service.stop();
      this.say(`${name} stopped`);
    }
    this.unlock();
  }

  #service(name: DevnetProcessName): SupervisedService {
    const service = this.#supervised.get(name);
    if (service === undefined)
      throw new DevnetError("not_running", `${name} is not among the services started.`, false);
    return service;
  }
}

function assertComplete(services: ReadonlySet<DevnetServiceName>): void {
  for (const name of services) {
    const missing = needs[name].filter((need) => !services.has(need));
    if (missing.length > 0) {
      throw new DevnetError("incomplete_services", `${name} needs ${missing.join(", ")}: name them too.`, false);
    }
  }
}

/** What will be missed later is said before anything starts. */
async function assertPrograms(config: DevnetConfig, services: ReadonlySet<DevnetServiceName>): Promise<void> {
  const { programs } = config;
  if (services.has("postgres")) findBinary("postgres", { override: programs.postgres });
  if (services.has("anvil")) findBinary("anvil", { override: programs.anvil });
  if (services.has("contracts")) findBinary("forge", { override: programs.forge });
  if (services.has("graph")) findBinary("gnd", { override: programs.gnd });
  for (const name of ["store", "runner", "oracle", "app"] as const) {
    if (!services.has(name)) continue;
    await access(mainOf(name)).catch(() => {
      throw new DevnetError("not_built", `${mainOf(name)} does not exist: run "npm run build" first.`, false);
    });
  }
}

async function assertWritable(stateDir: string): Promise<void> {
  try {
    await mkdir(stateDir, { recursive: true });
    await access(stateDir, constants.W_OK);
  } catch (cause) {
    throw new DevnetError(
      "state_unwritable",
      `The state folder ${stateDir} cannot be written: ${cause instanceof Error ? cause.message : cause}. Choose another with --state.`,
      false,
      { cause },
    );
  }
}

async function choosePorts(
  config: DevnetConfig,
  wanted: DevnetOptions["ports"],
  services: ReadonlySet<DevnetServiceName>,
): Promise<DevnetPorts> {
  if (wanted === "free") {
    const free = await freePorts(portNames.length);
    return Object.fromEntries(portNames.map((name, index) => [name, free[index]])) as unknown as DevnetPorts;
  }
  const ports = { ...config.ports, ...wanted };
  await assertPortsFree(
    [...services].flatMap((service) =>
      portsOf[service].map((name) => ({
        name: service === name ? service : `${service} (${name})`,
        port: ports[name],
        variable: portVariables[name],
        // graph-node listens on all interfaces, and so needs the port free on all.
        host: service === "graph" ? ("0.0.0.0" as const) : ("127.0.0.1" as const),
      })),
    ),
  );
  return ports;
}
