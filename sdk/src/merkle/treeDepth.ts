import { InvalidValueError } from "../errors/InvalidValueError.js";

/** Levels between the leaves and the top: `ceil(log2 count)`, 0 for one leaf and for none. */
export function treeDepth(count: bigint | number): number {
  if (typeof count === "number" && !Number.isSafeInteger(count))
    throw new InvalidValueError("count", "an integer", count);
  const leaves = BigInt(count);
  if (leaves < 0n || leaves >= 1n << 64n) throw new InvalidValueError("count", "an unsigned integer of 64 bits", count);
  return leaves < 2n ? 0 : (leaves - 1n).toString(2).length;
}
