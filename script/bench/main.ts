import { writeFile } from "node:fs/promises";
import { type BenchResult, machine } from "./bench.js";
import { benches } from "./benches.js";
import { type BenchCommand, BenchUsageError, parseCommand } from "./parseCommand.js";
import { versions } from "./versions.js";

/** Prints figures as a table, names left, values right. */
function table(figures: Readonly<Record<string, number>>): string {
  const rows = Object.entries(figures).map(([name, value]) => [name, format(value)] as const);
  const nameWidth = Math.max(...rows.map(([name]) => name.length));
  const valueWidth = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([name, value]) => `${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}`).join("\n");
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

async function run({ bench, json, options }: BenchCommand): Promise<void> {
  const report = (line: string) => process.stderr.write(`${bench.name}: ${line}\n`);
  const figures = await bench.run(report, options);
  const result: BenchResult = { bench: bench.name, machine: machine(), versions: await versions(), figures };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  process.stdout.write(json === "stdout" ? text : `${table(figures)}\n`);
  if (json !== undefined && json !== "stdout") await writeFile(json.file, text);
}

try {
  await run(parseCommand(process.argv.slice(2), benches));
} catch (error) {
  if (!(error instanceof BenchUsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
