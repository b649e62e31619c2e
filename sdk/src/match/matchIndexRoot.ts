import type { Hex } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { type DomainName, domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";

/**
 * What an index is committed by, each column of it in a tree of its own: `text` are the records, each followed by
 * `MATCH_RECORD_END`; `order` tells where each suffix of the text begins, by the order of their bytes; `ranks` the place of
 * each suffix in `order`; `starts` where each record begins. Numbers are uint32, big-endian.
 */
export type MatchColumn = "text" | "order" | "ranks" | "starts";

/** The domain of a column's tree; its leaves are `MATCH_BLOCK_BYTES` of the column each. */
export const MATCH_DOMAINS: Readonly<Record<MatchColumn, DomainName>> = {
  text: "MatchText",
  order: "MatchOrder",
  ranks: "MatchRanks",
  starts: "MatchStarts",
};

export type MatchIndexParts = {
  /** n, at most `MAX_MATCH_TEXT_BYTES`. */
  readonly textBytes: number;
  readonly recordCount: number;
  /** Place of the first record in the Datanet version. */
  readonly firstRecord: number;
  readonly textRoot: Hex;
  readonly orderRoot: Hex;
  readonly ranksRoot: Hex;
  readonly startsRoot: Hex;
};

/**
 * The root of an index: leaf("MatchIndex", uint32 textBytes ‖ uint32 recordCount ‖ uint32 firstRecord ‖ textRoot ‖ orderRoot ‖
 * ranksRoot ‖ startsRoot).
 *
 * @throws InvalidValueError when a number or a root does not fit its place
 */
export function matchIndexRoot(parts: MatchIndexParts): Hex {
  const numbers = (["textBytes", "recordCount", "firstRecord"] as const).map((name) => packUint(name, parts[name], 32));
  const roots = (["textRoot", "orderRoot", "ranksRoot", "startsRoot"] as const).map((name) =>
    packHex(name, parts[name], 32),
  );
  return leafHash(domainHash("MatchIndex"), joinBytes([...numbers, ...roots]));
}
