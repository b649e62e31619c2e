#!/usr/bin/env node
/** Runs the platform's forge and ends as it ends: the launcher in forge's npm package drops the exit code. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const arch = { arm64: "arm64", x64: "amd64" }[process.arch] ?? process.arch;
const name = `@foundry-rs/forge-${process.platform}-${arch}`;
const file = process.platform === "win32" ? "forge.exe" : "forge";

let folder;
try {
  folder = join(createRequire(import.meta.url).resolve(`${name}/package.json`), "..");
} catch {
  console.error(`Forge for this platform comes in the npm package ${name}, which is not installed. Run npm ci.`);
  process.exit(1);
}
const { status, signal, error } = spawnSync(join(folder, "bin", file), process.argv.slice(2), { stdio: "inherit" });
if (error !== undefined) console.error(error.message);
process.exit(signal === null ? (status ?? 1) : 1);
