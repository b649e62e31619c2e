import { parseArgs } from "node:util";
import type { Bench, BenchOption, BenchOptions } from "./bench.js";

export interface BenchCommand {
  readonly bench: Bench;
  /** Where the result goes as JSON: into a file, or to standard output instead of the table. */
  readonly json: { readonly file: string } | "stdout" | undefined;
  readonly options: BenchOptions;
}

/** What stands for a file that is none, as with other commands. */
const STDOUT = "-";

/** What was asked for on the command line is not there; the message lists what is. */
export class BenchUsageError extends Error {
  override readonly name = "BenchUsageError";
  readonly code = "bench_usage";
  readonly retryable = false;
}

/** @throws BenchUsageError */
export function parseCommand(args: readonly string[], benches: readonly Bench[]): BenchCommand {
  const [name, ...rest] = args;
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) throw usage(`Asked for bench "${name ?? ""}"; there are:`, benches.map(line));
  const known = Object.entries(bench.options ?? {});
  const lines = known.map(([option, { about, values }]) => {
    const form = `--${option}${formOf(values)}`;
    return `  ${form.padEnd(40)}${about}`;
  });
  lines.unshift(
    `  ${"--json [FILE]".padEnd(40)}writes figures, machine and versions to a file, or prints them as JSON`,
  );

  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    values = parseArgs({
      args: rest.map((arg, at) => (isBareJson(arg, rest[at + 1]) ? `--json=${STDOUT}` : arg)),
      options: {
        json: { type: "string" },
        ...Object.fromEntries(
          known.map(([option, { values }]) => [
            option,
            { type: values === "switch" ? ("boolean" as const) : ("string" as const) },
          ]),
        ),
      },
    }).values;
  } catch (error) {
    throw usage(`${(error as Error).message} Bench "${bench.name}" takes:`, lines);
  }
  const options: Record<string, string | true> = {};
  for (const [option, { values: allowed }] of known) {
    const given = values[option];
    if (given === undefined || given === false) continue;
    if (Array.isArray(allowed) && !allowed.includes(String(given))) {
      throw usage(`Asked for --${option} ${given}. Bench "${bench.name}" takes:`, lines);
    }
    options[option] = given;
  }
  const json = values.json as string | undefined;
  return { bench, json: json === STDOUT ? "stdout" : json === undefined ? undefined : { file: json }, options };
}

/** `--json` without a file behind it, which `parseArgs` has no word for. */
function isBareJson(arg: string, next: string | undefined): boolean {
  return arg === "--json" && (next === undefined || next.startsWith("--"));
}

function formOf(values: BenchOption["values"]): string {
  if (values === "switch") return "";
  return values === "file" ? " FILE" : ` ${values.join("|")}`;
}

function line({ name, about }: Bench): string {
  return `  ${name.padEnd(14)}${about}`;
}

function usage(message: string, lines: readonly string[]): BenchUsageError {
  return new BenchUsageError([message, ...lines].join("\n"));
}
