/**
 * Plants each listed fault in a copy of the contracts and runs the suites that have to notice it.
 * Run by `npm run mutate [-- --only TEXT] [--jobs N]`; ends with 1 when one survives.
 */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { type Fault, FaultListError, plant, readFaults } from "./Fault.js";
import { Laboratory, type Verdict } from "./Laboratory.js";

interface Outcome {
  readonly fault: Fault;
  readonly verdict: Verdict;
}

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof FaultListError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function run(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" }, jobs: { type: "string" } } });
  const root = repositoryRoot;
  const all = readFaults(join(root, "test/mutation"));
  const faults = all.filter(({ file, fault }) => `${file} ${fault}`.includes(values.only ?? ""));
  // found out before anything is compiled
  for (const fault of faults) plant(readFileSync(join(root, fault.file), "utf8"), fault);

  const jobs = Math.min(Number(values.jobs ?? availableParallelism()), faults.length);
  const laboratories = Array.from({ length: jobs }, () => Laboratory.create(root));
  process.once("SIGINT", () => {
    for (const laboratory of laboratories) laboratory.remove();
    process.exit(130);
  });
  try {
    const outcomes = (await requireGreen(laboratories, faults)) ? await tryAll(laboratories, faults) : [];
    return report(faults.length, outcomes);
  } finally {
    for (const laboratory of laboratories) laboratory.remove();
  }
}

/** A suite that is red without a fault would kill every one. */
async function requireGreen(laboratories: readonly Laboratory[], faults: readonly Fault[]): Promise<boolean> {
  const suites = [...new Set(faults.map(({ tests }) => tests))];
  const queue = [...suites];
  const red: string[] = [];
  await Promise.all(
    laboratories.map(async (laboratory) => {
      for (let tests = queue.shift(); tests !== undefined; tests = queue.shift()) {
        progress(`${suites.length - queue.length}/${suites.length} suites without a fault: ${tests}`);
        const { green, output } = await laboratory.check(tests);
        if (!green) red.push(`${tests} is red, or empty, with nothing planted:\n${output.slice(-4000)}`);
      }
    }),
  );
  for (const line of red) process.stderr.write(`${line}\n`);
  return red.length === 0;
}

async function tryAll(laboratories: readonly Laboratory[], faults: readonly Fault[]): Promise<readonly Outcome[]> {
  const queue = faults.map((fault, at) => ({ fault, at }));
  const outcomes: Outcome[] = [];
  await Promise.all(
    laboratories.map(async (laboratory) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { fault } = next;
        progress(`${next.at + 1}/${faults.length} ${fault.file}: ${fault.fault}`);
        outcomes[next.at] = { fault, verdict: await laboratory.try(fault) };
      }
    }),
  );
  return outcomes;
}

function report(planted: number, outcomes: readonly Outcome[]): number {
  for (const { fault, verdict } of outcomes) {
    process.stdout.write(`${verdict.padEnd(17)} ${fault.file}: ${fault.fault}\n`);
  }
  const killed = outcomes.filter(({ verdict }) => verdict === "killed").length;
  process.stdout.write(`${planted} planted, ${killed} killed\n`);
  return planted > 0 && killed === planted ? 0 : 1;
}

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`);
  else process.stderr.write(`${line}\n`);
}
