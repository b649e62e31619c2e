import { fileURLToPath } from "node:url";
import type { OpVector } from "../vectors.js";

/** From engine/dist/exact/testing/extremes. */
export const VECTORS_FILE = fileURLToPath(new URL("../../../../../test/vectors/exact-ops.json", import.meta.url));

/** One line a vector. */
export function vectorsText({ vectors }: { readonly vectors: readonly OpVector[] }): string {
  return `{"vectors":[\n${vectors.map((vector) => JSON.stringify(vector)).join(",\n")}\n]}\n`;
}
