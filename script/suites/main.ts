/**
 * Every suite of the repository, run by `npm test`. Forge compiles on one core for minutes: what reads nothing that it writes
 * runs beside it, the rest behind it. Ends with 1 when any suite is red, once all have been run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "../devnet/repositoryRoot.js";

/** Bytes of forge's output that are kept, the last: its tables are a few megabytes. */
const MOST_OUTPUT = 2 ** 26;

const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
const children = new Set<ReturnType<typeof spawn>>();
for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => {
    for (const child of children) child.kill(signal);
    process.exit(status);
  });
}

const forge = run([join(repositoryRoot, "script/forge.mjs"), "test"], "kept");
const apart = await run([vitest, "run", ...projects("apart", "exact")], "shown");
const contracts = await forge;
process.stdout.write(contracts.output);
const rest = await run([vitest, "run", ...projects("chain")], "shown");
if ([contracts, apart, rest].some(({ code }) => code !== 0)) process.exitCode = 1;

/** Arguments that name projects of `vitest.config.ts`. */
function projects(...names: readonly string[]): string[] {
  return names.flatMap((name) => ["--project", name]);
}

/** What it prints is shown as it comes, or kept so that it does not run into what another shows. */
async function run(args: readonly string[], output: "shown" | "kept") {
  const stdio = output === "shown" ? "inherit" : "pipe";
  const child = spawn(process.execPath, args, { cwd: repositoryRoot, stdio: ["ignore", stdio, stdio] });
  children.add(child);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  children.delete(child);
  return { code, output: Buffer.concat(chunks).subarray(-MOST_OUTPUT) };
}
