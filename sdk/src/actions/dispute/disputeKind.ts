/** What a dispute is over. */
export type DisputeKind = "licence" | "data" | "downtime" | "answer" | "model" | "agent";

const KINDS: readonly DisputeKind[] = ["licence", "data", "downtime", "answer", "model", "agent"];

/** The contract's number of a kind. */
export function disputeKindNumber(kind: DisputeKind): number {
  return KINDS.indexOf(kind) + 1;
}
