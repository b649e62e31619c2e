import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Files that are looked at; less than this many lie between two that a test has open. */
const LOOKED_AT = 32;

/**
 * Counts files that this process has open, as far as that shows: the system gives each new one the lowest number that is free. Two
 * counts can be compared where nothing waits for the system in between, so that nobody else's files are opened or closed.
 */
export function openFiles(): number {
  const opened = Array.from({ length: LOOKED_AT }, () => openSync(fileURLToPath(import.meta.url), "r"));
  for (const descriptor of opened) closeSync(descriptor);
  return opened.at(-1)! + 1 - LOOKED_AT;
}
