/** Writes the storage layout of each upgradeable contract to contracts/layouts, which later versions are held against. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { describeBuild, readLayouts } from "./StorageLayouts.js";

const folder = join(repositoryRoot, "contracts/layouts");
const build = mkdtempSync(join(tmpdir(), "openledger-layouts-"));
process.once("exit", () => rmSync(build, { recursive: true, force: true }));
describeBuild(repositoryRoot, build);
const layouts = readLayouts(build);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(join(folder, name));
for (const [name, layout] of layouts) {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(layout, null, 2)}\n`);
}
process.stdout.write(`${[...layouts.keys()].sort().join(", ")}\n`);
