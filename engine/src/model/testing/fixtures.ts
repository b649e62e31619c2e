import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "gpt2"] as const;
export type Family = (typeof FAMILIES)[number];

/** The folder of a small random model of a family, with its reference and an adapter. Ends with a slash. */
export function fixtureDir(family: Family): string {
  return fileURLToPath(new URL(`../../../fixtures/${family}/`, import.meta.url));
}

export function fixtureConfig(family: Family): Record<string, unknown> {
  return JSON.parse(readFileSync(`${fixtureDir(family)}config.json`, "utf8")) as Record<string, unknown>;
}
