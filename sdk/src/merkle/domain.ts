import { type Hex, keccak256, stringToBytes } from "viem";

/** The trees of the protocol. A leaf or root of one never stands for another: the domain is hashed into both. */
export type DomainName =
  | "Record"
  | "Contribution"
  | "Receipt"
  | "Credit"
  | "Payout"
  | "Chunk"
  | "Index"
  | "IndexRecord"
  | "IndexPostings"
  | "MatchIndex"
  | "MatchText"
  | "MatchOrder"
  | "MatchRanks"
  | "MatchStarts"
  | "GradientBasis"
  | "GradientAxes"
  | "GradientSketches"
  | "GradientSketch"
  | "Shares"
  | "Attribution"
  | "Grant"
  | "AttributionRecords"
  | "AttributionMethod"
  | "Request"
  | "Output"
  | "Commitment";

const known = new Map<string, Hex>();

/** `keccak256("OpenLedger.<name>.v1")`. */
export function domainHash(name: DomainName): Hex {
  let hash = known.get(name);
  if (hash === undefined) {
    hash = keccak256(stringToBytes(`OpenLedger.${name}.v1`));
    known.set(name, hash);
  }
  return hash;
}
