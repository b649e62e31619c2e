/** Writes the storage layout of each upgradeable contract to contracts/layouts, which later versions are held against. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { readLayouts } from "./StorageLayouts.js";

const folder = join(repositoryRoot, "contracts/layouts");
const layouts = readLayouts(repositoryRoot);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(join(folder, name));
for (const [name, layout] of layouts) {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(layout, null, 2)}\n`);
}
process.stdout.write(`${[...layouts.keys()].sort().join(", ")}\n`);
