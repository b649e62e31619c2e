import type { ContractDocs, EntryDocs } from "./readDocs.js";

/** Of each entry what the first contract says that says anything: an interface before what implements it. */
export function mergeDocs(contracts: readonly ContractDocs[]): ContractDocs["entries"] {
  const entries = new Map<string, EntryDocs>();
  for (const contract of contracts) {
    for (const [key, docs] of contract.entries) {
      const first = entries.get(key);
      if (first?.notice === undefined) entries.set(key, { ...docs, ...first });
    }
  }
  return entries;
}
