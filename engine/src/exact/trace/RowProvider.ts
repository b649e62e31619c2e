import type { ValueId } from "../program/Op.js";
import type { Row } from "../reference/Row.js";
import type { History } from "./fast/StageSource.js";

/**
 * Who computes the rows of a program: the reference, or a runtime that makes many positions at once.
 *
 * A block is asked for by itself: what enters it is the residual row (attribution: codes and surprise) and, of earlier
 * positions, the digits and scales that attention reads (attribution: surprises, credits and sums of them). Rows must be those of the reference, bit for bit, and the same each time.
 */
export interface RowProvider {
  /** @throws ExactError as the operations do. */
  rows(request: BlockRequest): BlockRows | Promise<BlockRows>;
}

export interface BlockRequest {
  /** Index in the program's blocks. */
  readonly block: number;
  /** Positions: first (inclusive) and last (exclusive). */
  readonly from: number;
  readonly to: number;
  /** Of the whole sequence; a block reads those of its positions, and the one that follows. */
  readonly tokens: ArrayLike<number>;
  /** Residual rows that enter the block at these positions, numbers `[to − from, hidden]`; absent for the embedding. */
  readonly input: Row | undefined;
  /** Rows of other values that enter (see `enteringValues`) at these positions, `[to − from, width]` each. */
  readonly entering: ReadonlyMap<ValueId, Row>;
  /** The block's `rememberedValues`, made in it or entering it, before `from`, at least as far back as its windows reach. */
  readonly past: ReadonlyMap<ValueId, History>;
}

export interface BlockRows {
  /**
   * For each operation of the block its rows at these positions, one after another. Rows with an element for each visible key
   * are of growing length, `[heads, keys of the position]` each, without a gap between them.
   */
  readonly values: readonly Row[];
}
