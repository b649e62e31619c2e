import type { AbiItem } from "./readAbi.js";
import { signatureOf } from "./signatureOf.js";

/**
 * Every custom error of the contracts, once each: one contract's error comes through another's call, so a client decodes
 * with all of them.
 */
export function collectErrors(abis: readonly (readonly AbiItem[])[]): AbiItem[] {
  const bySignature = new Map<string, AbiItem>();
  for (const item of abis.flat()) {
    if (item.type !== "error") continue;
    bySignature.set(signatureOf(item), item);
  }
  return [...bySignature].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
