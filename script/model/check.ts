/**
 * `npm run model:check -- FOLDER`: imports a Hugging Face style model folder and runs every case of its
 * `reference.json`. Exits with 1 where one is off or the folder cannot be used, with 2 when it is called wrongly.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { checkReference, ModelError, type ReferenceResult } from "@openledger/engine";

const USAGE = "npm run model:check -- FOLDER [--json FILE] [--threads N]";

interface CheckArguments {
  readonly folder: string;
  readonly json: string | undefined;
  readonly threads: number;
}

function readArguments(): CheckArguments {
  const options = { json: { type: "string" }, threads: { type: "string", default: "1" } } as const;
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new Error(`asked to check ${positionals.length} folders, not one`);
  const threads = Number(values.threads);
  if (!Number.isInteger(threads) || threads < 1) throw new Error(`--threads must be a positive integer`);
  return { folder, json: values.json, threads };
}

function line({ check, name, agreement, verdict }: ReferenceResult): string {
  return `${check.padEnd(9)} ${name.padEnd(8)} ${agreement.padEnd(36)} ${verdict}\n`;
}

async function check({ folder, json, threads }: CheckArguments): Promise<void> {
  const results: ReferenceResult[] = [];
  for await (const result of checkReference(folder, { threads })) {
    process.stdout.write(line(result));
    results.push(result);
  }
  const count = (verdict: ReferenceResult["verdict"]): number =>
    results.filter((result) => result.verdict === verdict).length;
  process.stdout.write(`${count("agrees")} agree, ${count("differs")} differ, ${count("absent")} absent\n`);
  if (count("differs") > 0) process.exitCode = 1;
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ folder, results }, null, 2)}\n`);
  if (count("absent") === results.length) {
    throw new ModelError("reference_malformed", `${folder}/reference.json has nothing to check; add cases or training`);
  }
}

let given: CheckArguments | undefined;
try {
  given = readArguments();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\nUsage: ${USAGE}\n`);
  process.exitCode = 2;
}
try {
  if (given !== undefined) await check(given);
} catch (error) {
  const code = error instanceof ModelError ? `${error.code}: ` : "";
  process.stderr.write(`${code}${(error as Error).message}\n`);
  process.exitCode = 1;
}
