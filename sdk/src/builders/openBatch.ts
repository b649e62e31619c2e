import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { type Batch, type BatchOpening, batchHash, extendBatchChain } from "../hash/batch.js";

/** Headers behind one pinned number and up to the next: what opens each batch of them. */
export type PinnedRun = {
  /** The chain at the pinned number before the first header, zero when that is the chain's begin. */
  readonly chainBefore: Hex;
  /** Without a gap; the last one's number is pinned. */
  readonly headers: readonly Batch[];
};

/**
 * The opening of a batch's header against the market's chain.
 *
 * @throws InvalidValueError when the run does not hold the batch.
 */
export function openBatch({ chainBefore, headers }: PinnedRun, number: bigint): BatchOpening {
  const place = headers.findIndex((header) => header.number === number);
  const batch = headers[place];
  if (batch === undefined) throw new InvalidValueError("number", "a batch of the run", number);
  return {
    batch,
    chainBefore: headers.slice(0, place).map(batchHash).reduce(extendBatchChain, chainBefore),
    later: headers.slice(place + 1).map(batchHash),
  };
}
