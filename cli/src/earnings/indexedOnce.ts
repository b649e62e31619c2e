import type { CheckList } from "../trace/CheckList.js";

/** The index's row of a number that is on chain; undefined, and a check failed, where it has none or several. */
export function indexedOnce<T extends { readonly number: bigint }>(
  checks: CheckList,
  kind: "epoch" | "batch",
  rows: readonly T[],
  number: bigint,
): T | undefined {
  const found = rows.filter((row) => row.number === number);
  if (found.length === 1) return found[0];
  const detail =
    found.length === 0 ? "it is on chain, but not in the index" : `the index gives it ${found.length} times`;
  checks.holds(`${kind}_indexed`, `${kind} ${number}`, false, detail);
  return undefined;
}
