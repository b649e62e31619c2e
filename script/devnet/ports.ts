/** Ports on the loopback interface: finding free ones, and refusing taken ones before anything starts. */
import { createServer } from "node:net";
import { DevnetError } from "./DevnetError.js";

export interface WantedPort {
  /** The service that wants it. */
  readonly name: string;
  readonly port: number;
  /** The variable that moves it. */
  readonly variable: string;
  /** The interface it listens on: loopback, or all. */
  readonly host: "127.0.0.1" | "0.0.0.0";
}

export class PortTakenError extends DevnetError {
  override readonly name = "PortTakenError";

  constructor(taken: readonly WantedPort[]) {
    const list = taken.map(({ name, port, variable }) => `port ${port} for ${name} (${variable}=…)`).join(", ");
    super(
      "port_taken",
      `Taken by another program: ${list}. Nothing was started. ` +
        `Stop that program, set the variable to a free port, or shift all ports with --port-offset 100.`,
      true,
    );
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

/** `count` distinct ports that are free now: all are held until the last is found. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once("error", reject);
            server.listen(0, "127.0.0.1", () => {
              const address = server.address();
              resolve(typeof address === "object" && address !== null ? address.port : 0);
            });
          }),
      ),
    );
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Whether a program could listen on the port now. */
export function isPortFree(port: number, host: WantedPort["host"]): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** @throws PortTakenError naming every taken port, its service and the variable that moves it. */
export async function assertPortsFree(ports: readonly WantedPort[]): Promise<void> {
  const free = await Promise.all(ports.map(({ port, host }) => isPortFree(port, host)));
  const taken = ports.filter((_, index) => free[index] === false);
  if (taken.length > 0) throw new PortTakenError(taken);
}
