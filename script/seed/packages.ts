import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { SeedPackage } from "./collect.js";

/** The packages of the first Datanet, from `packages.json`; the base model's corpus leaves the same ones out. */
export async function seedPackages(): Promise<readonly SeedPackage[]> {
  const file = fileURLToPath(new URL("../../seed/packages.json", import.meta.url));
  return JSON.parse(await readFile(file, "utf8"));
}
