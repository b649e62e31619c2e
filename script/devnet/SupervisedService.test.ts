import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ServiceProcess } from "./ServiceProcess.js";
import { type RestartPolicy, SupervisedService } from "./SupervisedService.js";

const policy: RestartPolicy = {
  firstPauseMs: 1,
  longestPauseMs: 4,
  attempts: 3,
  recoveredAfterMs: 60_000,
  healthEveryMs: 5,
  hungAfterMs: 50,
};
let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "openledger-supervised-"));
});

afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

/** A real Node process running the script. */
async function run(script: string, isHealthy: () => Promise<boolean> = async () => true) {
  const process_ = await ServiceProcess.start({
    service: "probe",
    command: process.execPath,
    args: ["-e", script],
    env: {},
    cwd: stateDir,
    stateDir,
  });
  return { process: process_, isHealthy, stop: () => process_.stop("SIGTERM", 1_000) };
}

test("a service that ends again and again is given up after the policy's attempts, with the end of its log", async () => {
  const events: string[] = [];
  let starts = 0;
  const givenUp = await new Promise<Error>((resolve, reject) => {
    const service = new SupervisedService({
      name: "probe",
      start: () => {
        starts += 1;
        return run("console.error('no fuel'); process.exit(3)");
      },
      onEvent: (message) => events.push(message),
      onGivenUp: resolve,
      policy,
    });
    service.start().catch(reject);
  });

  expect(starts).toBe(1 + policy.attempts);
  expect(events.filter((message) => message.includes("ended (code 3)"))).toEqual([
    "probe ended (code 3); starting it again in 0.001 s",
    "probe ended (code 3); starting it again in 0.002 s",
    "probe ended (code 3); starting it again in 0.004 s",
  ]);
  expect(givenUp.message).toContain("no fuel");
});

test("a service that hangs is killed and started again", async () => {
  let healthy = true;
  const service = new SupervisedService({
    name: "probe",
    start: () => run("setInterval(() => {}, 1000)", async () => healthy),
    onEvent: () => {},
    onGivenUp: () => {},
    policy,
  });
  await service.start();
  const hung = service.process as ServiceProcess;
  healthy = false;

  expect(await hung.exited).toEqual({ code: null, signal: "SIGKILL" });
  healthy = true;
  await service.healthy();
  expect(service.process?.pid).not.toBe(hung.pid);
  await service.stop();
});

test("a stop during the pause before a restart is a stop", async () => {
  const slow = { ...policy, firstPauseMs: 60_000, longestPauseMs: 60_000 };
  let starts = 0;
  const waiting = await new Promise<SupervisedService>((resolve, reject) => {
    const service = new SupervisedService({
      name: "probe",
      start: () => {
        starts += 1;
        return run("setInterval(() => {}, 1000)");
      },
      onEvent: () => resolve(service),
      onGivenUp: () => {},
      policy: slow,
    });
    service.start().then(() => service.kill("SIGKILL"), reject);
  });

  await waiting.stop();

  expect([waiting.state, starts]).toEqual(["stopped", 1]);
  await expect(waiting.healthy()).rejects.toThrow("probe is stopped");
});
