/** A PostgreSQL server from an npm package: loopback only, one password for its life, data kept in the state folder. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import pg from "pg";
import { findBinary } from "./binaries.js";
import { freePort } from "./ports.js";
import { giveTo, type PostgresHome, preparePostgresHome } from "./postgresHome.js";
import { processStartTime } from "./processRecord.js";
import { type ServiceExit, ServiceProcess } from "./ServiceProcess.js";
import { waitUntilHealthy } from "./waitUntilHealthy.js";

export interface PostgresOptions {
  /** Folder for data, log and process record; made when it does not exist. */
  readonly stateDir: string;
  /** Port on 127.0.0.1; a free one when not given. */
  readonly port?: number;
  /** Folder of `initdb` and `postgres`; the npm package's when not given. */
  readonly binDir?: string | undefined;
  /** Aborting it stops the start. */
  readonly signal?: AbortSignal | undefined;
}

export interface Postgres {
  readonly port: number;
  readonly process: ServiceProcess;
  /** `postgresql://…` of a database on this server. */
  url(database: string): string;
  /** Creates the database when it is missing, with the extensions graph-node needs, and answers its URL. */
  createDatabase(name: string): Promise<string>;
  isHealthy(): Promise<boolean>;
  /** Ends open sessions and writes everything out. */
  stop(): Promise<ServiceExit>;
}

const user = "openledger";
const startTimeoutMs = 60_000;

/** @throws MissingBinaryError, ServiceFailedError */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const stateDir = resolve(options.stateDir);
  mkdirSync(stateDir, { recursive: true });
  const home = preparePostgresHome(stateDir, findBinary("postgres", { override: options.binDir }));
  const password = await initialise(home, stateDir);
  dropStaleLock(home.dataDir);

  const port = options.port ?? (await freePort());
  const service = await ServiceProcess.start({
    service: "postgres",
    command: join(home.binDir, "postgres"),
    args: [
      ["-D", home.dataDir],
      ["-p", String(port)],
      ["-c", "listen_addresses=127.0.0.1"],
      // No socket file: /tmp is shared, and every client connects by TCP.
      ["-c", "unix_socket_directories="],
      ["-c", "max_connections=200"],
      ["-c", "shared_buffers=128MB"],
      // Small /dev/shm mounts are common in containers.
      ["-c", "dynamic_shared_memory_type=mmap"],
      ["-c", "jit=off"],
      // After a kill every file is synced before recovery: one by one takes ten seconds, all at once less than one.
      ["-c", `recovery_init_sync_method=${process.platform === "linux" ? "syncfs" : "fsync"}`],
    ].flat(),
    env: { ...home.env, LC_ALL: "C", PATH: "/usr/bin:/bin" },
    cwd: home.dataDir,
    stateDir,
    identity: home.identity,
  });

  const url = (database: string) => `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
  const isHealthy = async () => {
    await withClient(url("postgres"), (client) => client.query("select 1"));
    return true;
  };
  const stop = () => service.stop("SIGINT", 10_000);
  try {
    await waitUntilHealthy({ service, isHealthy, timeoutMs: startTimeoutMs, signal: options.signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    process: service,
    url,
    createDatabase: async (name) => {
      await createDatabase(url("postgres"), name);
      await withClient(url(name), async (client) => {
        for (const extension of ["pg_trgm", "btree_gist", "postgres_fdw", "pg_stat_statements"]) {
          await client.query(`create extension if not exists ${extension}`);
        }
      });
      return url(name);
    },
    isHealthy,
    stop,
  };
}

/** Makes the data folder once, whole or not at all, and answers the password. */
async function initialise(home: PostgresHome, stateDir: string): Promise<string> {
  const passwordFile = join(home.dataDir, "..", "password");
  if (existsSync(home.dataDir)) return readFileSync(passwordFile, "utf8").trim();

  const fresh = `${home.dataDir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  giveTo(fresh, home.identity);
  const password = randomBytes(18).toString("base64url");
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(passwordFile, home.identity);
  const initdb = await ServiceProcess.start({
    service: "initdb",
    command: join(home.binDir, "initdb"),
    args: [
      ["-D", fresh],
      ["-U", user],
      ["-E", "UTF8"],
      "--locale=C",
      // Nothing is in it yet: a power cut in the next seconds costs a start from nothing, not data.
      "--no-sync",
      ["-A", "scram-sha-256"],
      `--pwfile=${passwordFile}`,
    ].flat(),
    env: { ...home.env, LC_ALL: "C", PATH: "/usr/bin:/bin" },
    cwd: fresh,
    stateDir,
    identity: home.identity,
  });
  const exit = await initdb.exited;
  if (exit.code !== 0) throw initdb.failed(`ended with ${exit.signal ?? `code ${exit.code}`}`);
  renameSync(fresh, home.dataDir);
  return password;
}

/**
 * Removes `postmaster.pid` when the process it names is not this server: after a kill and a reboot the number may
 * belong to another program, and PostgreSQL would refuse to start.
 */
function dropStaleLock(dataDir: string): void {
  const path = join(dataDir, "postmaster.pid");
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, "utf8").split("\n")[0]);
  if (Number.isInteger(pid) && processStartTime(pid) !== undefined && commandLine(pid).includes(dataDir)) return;
  rmSync(path);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // Without /proc PostgreSQL's own check decides.
    return "";
  }
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const found = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  });
}

async function withClient<T>(connectionString: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  // A server that is stopped under an open session reports it as an event: the query's own failure is what counts.
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
