/** Three writes of zero to non-zero in cold slots, at 22,100 gas (EIP-2929). */
const MARGIN = 66_300n;
/** What one transaction may have at most (EIP-7825). */
const CAP = 2n ** 24n;

/**
 * The gas to send a transaction with, of what its try used: a quarter more, and what three first writes of storage cost; above
 * the cap of a transaction only where the try was. State moves between the try and the block: where this second has a checkpoint,
 * the next needs one of its own, and a node may make the try with what waits in its pool as if it had landed. What is not used
 * is not paid.
 */
export function gasLimit(estimate: bigint): bigint {
  const limit = (estimate * 5n) / 4n + MARGIN;
  if (limit <= CAP) return limit;
  return estimate > CAP ? estimate : CAP;
}
