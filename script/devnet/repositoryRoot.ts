import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds foundry.toml, found upwards from this file, which runs from `script/dist`. */
export const repositoryRoot = find(dirname(fileURLToPath(import.meta.url)));

function find(folder: string): string {
  if (existsSync(join(folder, "foundry.toml"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("foundry.toml is in no folder above the devnet's code.");
  return find(parent);
}
