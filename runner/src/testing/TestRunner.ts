/** Runners for tests: in this process, or as the program itself, which can be killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { inspect } from "node:util";
import { repositoryRoot } from "@openledger/script";
import { expect, vi } from "vitest";
import { readRunnerConfig } from "../config.js";
import { type Runner, startRunner } from "../startRunner.js";

export interface Logged {
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface TestRunner {
  readonly url: string;
  readonly logged: readonly Logged[];
  stop(): Promise<void>;
}

/** @param models How many must be served before it counts as started. */
export async function serveHere(env: Readonly<Record<string, string>>, models: number): Promise<TestRunner & Runner> {
  const logged: Logged[] = [];
  const runner = await startRunner(
    readRunnerConfig(env),
    (message, facts = {}) => logged.push({ message, facts }),
    (error) => logged.push({ message: "fatal", facts: { error } }),
  );
  const url = `http://127.0.0.1:${runner.port}`;
  await untilServed(url, models, () => inspect(logged, { depth: 4 }));
  return { ...runner, url, logged };
}

export interface RunnerProcess extends TestRunner {
  /** Ends it without a chance to clean up. */
  kill(): Promise<void>;
}

export async function serveAside(env: Readonly<Record<string, string>>, models: number): Promise<RunnerProcess> {
  const logged: Logged[] = [];
  const child = spawn(process.execPath, [join(repositoryRoot, "runner", "dist", "main.js")], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { message, ...facts } = JSON.parse(line) as { message: string };
      logged.push({ message, facts });
    }
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const url = `http://127.0.0.1:${env.PORT}`;
  await untilServed(url, models, () => `${errors}\n${inspect(logged, { depth: 4 })}`);
  return {
    url,
    logged,
    kill: () => end(child, "SIGKILL"),
    stop: () => end(child, "SIGTERM"),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

async function untilServed(url: string, models: number, why: () => string): Promise<void> {
  await vi.waitFor(
    async () => {
      const listed = (await (await fetch(`${url}/v1/models`)).json()) as { data: unknown[] };
      expect(listed.data.length, why()).toBeGreaterThanOrEqual(models);
    },
    { timeout: 40_000, interval: 20 },
  );
}
