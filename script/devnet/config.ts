/** Settings of the local network: flags first, then the environment, then defaults. */
import { resolve } from "node:path";
import { DevnetError } from "./DevnetError.js";

export interface DevnetPorts {
  readonly postgres: number;
  readonly anvil: number;
  readonly graphHttp: number;
  readonly graphAdmin: number;
  readonly graphIndex: number;
  readonly graphMetrics: number;
  readonly store: number;
  readonly runner: number;
  readonly oracle: number;
  readonly app: number;
}

export type PortName = keyof DevnetPorts;

/** Programs the user chose instead of those in the npm packages. */
export interface DevnetPrograms {
  readonly anvil: string | undefined;
  readonly forge: string | undefined;
  readonly gnd: string | undefined;
  readonly postgres: string | undefined;
}

export interface DevnetConfig {
  readonly stateDir: string;
  readonly ports: DevnetPorts;
  readonly programs: DevnetPrograms;
  /** What tools that are started may see of the environment. */
  readonly toolEnv: Readonly<Record<string, string>>;
}

export const defaultPorts: DevnetPorts = {
  postgres: 54_329,
  anvil: 8_545,
  graphHttp: 8_000,
  graphAdmin: 8_020,
  graphIndex: 8_030,
  graphMetrics: 8_040,
  store: 5_001,
  runner: 8_080,
  oracle: 8_090,
  app: 3_000,
};

/** The variable that moves each port. */
export const portVariables: Readonly<Record<PortName, string>> = {
  postgres: "POSTGRES_PORT",
  anvil: "ANVIL_PORT",
  graphHttp: "GRAPH_HTTP_PORT",
  graphAdmin: "GRAPH_ADMIN_PORT",
  graphIndex: "GRAPH_INDEX_PORT",
  graphMetrics: "GRAPH_METRICS_PORT",
  store: "STORE_PORT",
  runner: "RUNNER_PORT",
  oracle: "ORACLE_PORT",
  app: "APP_PORT",
};

export const portNames = Object.keys(defaultPorts) as readonly PortName[];

export interface DevnetFlags {
  /** Folder for all state; `.openledger` in the current folder when not given. */
  readonly state?: string | undefined;
  /** Added to every default port. */
  readonly portOffset?: number | undefined;
}

/** @throws DevnetError when a port is none. */
export function readDevnetConfig(flags: DevnetFlags = {}, env: NodeJS.ProcessEnv = process.env): DevnetConfig {
  const offset = flags.portOffset ?? Number(env.PORT_OFFSET ?? "0");
  const ports = Object.fromEntries(
    portNames.map((name) => {
      const variable = portVariables[name];
      return [name, readPort(variable, env[variable], defaultPorts[name] + offset)];
    }),
  ) as unknown as DevnetPorts;
  return {
    stateDir: resolve(flags.state ?? env.OPENLEDGER_STATE ?? ".openledger"),
    ports,
    programs: { anvil: env.ANVIL_BIN, forge: env.FORGE_BIN, gnd: env.GND_BIN, postgres: env.PG_BIN_DIR },
    toolEnv: Object.fromEntries(
      ["PATH", "HOME", "TMPDIR", "FOUNDRY_OUT", "FOUNDRY_CACHE_PATH"].flatMap((name) => {
        const value = env[name];
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
  };
}

/** Ports above 1023 that `fetch` refuses to open, in Node and in browsers alike (WHATWG Fetch, "port blocking"). */
const blockedPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);

function readPort(variable: string, text: string | undefined, fallback: number): number {
  const port = text === undefined ? fallback : Number(text);
  if (blockedPorts.has(port)) {
    throw new DevnetError(
      "bad_port",
      `${variable} is ${port}, a port that fetch and browsers refuse; choose another.`,
      false,
    );
  }
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new DevnetError("bad_port", `${variable} must be a port from 1 to 65535; it is "${text ?? fallback}".`, false);
}
