import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Where forge remembers what it has compiled of which sources. */
export const FORGE_CACHE = "cache/solidity-files-cache.json";

/** Copies what forge needs to compile the contracts and to run their suites into an empty folder. */
export function copyProject(root: string, folder: string): void {
  mkdirSync(join(folder, "script"));
  for (const name of ["contracts", "test", "foundry.toml"]) cpSync(join(root, name), join(folder, name), copied);
  const isNeeded = (name: string) => /\.sol$|^config$|^solc/.test(name);
  for (const name of readdirSync(join(root, "script")).filter(isNeeded)) {
    cpSync(join(root, "script", name), join(folder, "script", name), copied);
  }
  linkPackages(root, folder, "node_modules", importedFolders(readFileSync(join(root, "foundry.toml"), "utf8")));
}

/** Copies what is there of a build, and no fuzz failures that forge keeps beside it. */
export function copyBuild(from: string, to: string): void {
  for (const name of ["out", FORGE_CACHE]) {
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true });
  }
}

/** Folders of packages that contracts import from, as foundry.toml remaps them. */
function importedFolders(foundryToml: string): readonly string[] {
  return [...foundryToml.matchAll(/=(node_modules\/[^"]+)\/"/g)].map(([, folder]) => folder as string);
}

/** Forge keeps a linked file under the path it leads to, and so would find no linked import in the build of another folder. */
function linkPackages(root: string, folder: string, at: string, imported: readonly string[]): void {
  mkdirSync(join(folder, at));
  for (const name of readdirSync(join(root, at))) {
    const path = `${at}/${name}`;
    if (imported.includes(path)) cpSync(join(root, path), join(folder, path), { recursive: true });
    else if (imported.some((one) => one.startsWith(`${path}/`))) linkPackages(root, folder, path, imported);
    else symlinkSync(join(root, path), join(folder, path));
  }
}

const copied = {
  recursive: true,
  filter: (path: string) => !/\/(dist|node_modules|\.bench)(\/|$)/.test(path),
};
