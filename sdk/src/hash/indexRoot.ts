import type { Hex } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";

/** Number of the rules by which an index is credited. It is in the index's root: equal roots are credited equally. */
export const ATTRIBUTION_RULES = 2;
const CODE_BITS = 128;
/** Most positions of a record. */
export const INDEX_POSITIONS = 256;
/** For answers of at least 2^0, 2^1, … 2^8 tokens. */
const FLOORS = 9;

/** What an index's root is over. */
export type IndexRootParts = {
  /** `[9]`, least shares that are paid, of 65,536, for answers of at least 2^0, 2^1, … 2^8 tokens. */
  readonly floors: readonly number[];
  readonly baseWeightsRoot: Hex;
  /** SHA-256 of the base's attribution file. */
  readonly attributionHash: Hex;
  readonly recordsRoot: Hex;
  readonly postingsRoot: Hex;
};

/**
 * Leaf of an index: uint32 rules ‖ bits ‖ positions ‖ floors ‖ baseWeightsRoot ‖ attributionHash ‖ recordsRoot ‖ postingsRoot.
 *
 * @throws InvalidValueError
 */
export function attributionIndexRoot(parts: IndexRootParts): Hex {
  if (parts.floors.length !== FLOORS) throw new InvalidValueError("floors", `${FLOORS} of them`, parts.floors.length);
  const numbers = [ATTRIBUTION_RULES, CODE_BITS, INDEX_POSITIONS, ...parts.floors];
  return leafHash(
    domainHash("Index"),
    joinBytes([
      ...numbers.map((value, i) => packUint(`number ${i}`, value, 32)),
      packHex("baseWeightsRoot", parts.baseWeightsRoot, 32),
      packHex("attributionHash", parts.attributionHash, 32),
      packHex("recordsRoot", parts.recordsRoot, 32),
      packHex("postingsRoot", parts.postingsRoot, 32),
    ]),
  );
}
