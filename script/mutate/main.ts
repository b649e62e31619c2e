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
import { CompilationError, ControlError, Laboratory, type Verdict } from "./Laboratory.js";
import { progressLine } from "./progressLine.js";

interface Outcome {
  readonly fault: Fault;
  readonly verdict: Verdict;
}

/** The files of each fault's suites, by what it calls them. */
type Suites = ReadonlyMap<string, readonly string[]>;

try {
  process.exitCode = await run();
} catch (error) {
  if (!isTold(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function run(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" }, jobs: { type: "string" } } });
  const root = repositoryRoot;
  const all = readFaults(join(root, "test/mutation"));
  const faults = all.filter(({ file, fault }) => `${file} ${fault}`.includes(values.only ?? ""));
  if (faults.length === 0) {
    throw new FaultListError(
      `expected a part of a fault's file or name, found "${values.only ?? ""}" in none of ${all.length}`,
    );
  }
  // found out before anything is compiled
  for (const fault of faults) plant(readFileSync(join(root, fault.file), "utf8"), fault);

  const jobs = Math.min(Number(values.jobs ?? availableParallelism()), faults.length);
  const laboratories = Array.from({ length: jobs }, () => Laboratory.create(root));
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      for (const laboratory of laboratories) laboratory.remove();
      process.exit(status);
    });
  }
  try {
    progress("compiling what is not compiled yet");
    for (const [at, laboratory] of laboratories.entries()) {
      await laboratory.compile(laboratories[at - 1]?.folder ?? root);
    }
    const suites = await checkSuites(laboratories, faults);
    if (suites === undefined) return report(faults.length, []);
    await controlAll(laboratories, faults, suites);
    return report(faults.length, await tryAll(laboratories, faults, suites));
  } finally {
    for (const laboratory of laboratories) laboratory.remove();
  }
}

/** Undefined, and told, when one is red: it would kill every fault. */
async function checkSuites(laboratories: readonly Laboratory[], faults: readonly Fault[]): Promise<Suites | undefined> {
  const names = [...new Set(faults.map(({ tests }) => tests))];
  const suites = new Map<string, readonly string[]>();
  const red: string[] = [];
  await share(laboratories, names, async (laboratory, tests, at) => {
    progress(`${at + 1}/${names.length} suites without a fault: ${tests}`);
    const { green, output, files } = await laboratory.check(tests);
    suites.set(tests, files);
    if (!green) red.push(`${tests} is red, or empty, with nothing planted:\n${output.slice(-4000)}`);
  });
  for (const line of red) process.stderr.write(`${line}\n`);
  return red.length === 0 ? suites : undefined;
}

/** @throws ControlError when a laboratory has suites turn red that notice nothing. */
async function controlAll(
  laboratories: readonly Laboratory[],
  faults: readonly Fault[],
  suites: Suites,
): Promise<void> {
  progress("planting what changes nothing");
  // never more laboratories than faults
  const planted = laboratories.map((laboratory, at) => ({ laboratory, fault: faults[at] as Fault }));
  await Promise.all(planted.map(({ laboratory, fault }) => laboratory.control(fault, suites.get(fault.tests) ?? [])));
}

async function tryAll(
  laboratories: readonly Laboratory[],
  faults: readonly Fault[],
  suites: Suites,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const begun = performance.now();
  let tried = 0;
  let killed = 0;
  await share(laboratories, faults, async (laboratory, fault, at) => {
    const counts = progressLine({ planted: faults.length, tried, killed, elapsedMs: performance.now() - begun });
    progress(`${counts}: ${fault.file}: ${fault.fault}`);
    const verdict = await laboratory.try(fault, suites.get(fault.tests) ?? []);
    outcomes[at] = { fault, verdict };
    tried += 1;
    if (verdict === "killed") killed += 1;
  });
  return outcomes;
}

/** Has each laboratory take the next piece of work whenever it is done with one. */
async function share<T>(
  laboratories: readonly Laboratory[],
  work: readonly T[],
  take: (laboratory: Laboratory, piece: T, at: number) => Promise<void>,
): Promise<void> {
  const queue = work.entries();
  await Promise.all(
    laboratories.map(async (laboratory) => {
      for (const [at, piece] of queue) await take(laboratory, piece, at);
    }),
  );
}

function report(planted: number, outcomes: readonly Outcome[]): number {
  for (const { fault, verdict } of outcomes) {
    process.stdout.write(`${verdict.padEnd(17)} ${fault.file}: ${fault.fault}\n`);
  }
  const killed = outcomes.filter(({ verdict }) => verdict === "killed").length;
  process.stdout.write(`${planted} planted, ${killed} killed\n`);
  return planted > 0 && killed === planted ? 0 : 1;
}

function isTold(error: unknown): error is Error {
  return error instanceof FaultListError || error instanceof CompilationError || error instanceof ControlError;
}

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`);
  else process.stderr.write(`${line}\n`);
}
