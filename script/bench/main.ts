import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Bench, type BenchResult, machine } from "./bench.js";
import { benches } from "./benches.js";
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

async function run(bench: Bench, jsonFile: string | undefined): Promise<void> {
  const report = (line: string) => process.stderr.write(`${bench.name}: ${line}\n`);
  const figures = await bench.run(report);
  const result: BenchResult = { bench: bench.name, machine: machine(), versions: await versions(), figures };
  process.stdout.write(`${table(figures)}\n`);
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(result, null, 2)}\n`);
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
const bench = benches.find(({ name }) => name === positionals[0]);
if (bench === undefined) {
  const list = benches.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join("\n");
  process.stderr.write(`Asked for bench "${positionals[0] ?? ""}"; there are:\n${list}\n`);
  process.exitCode = 2;
} else {
  await run(bench, values.json);
}
