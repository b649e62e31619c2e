import type { OpKind, ValueId } from "../program/Op.js";

/** What was proven of a program, for every sequence of its tokens of up to `maxPositions`. */
export interface BoundsReport {
  readonly ops: readonly OpBounds[];
}

export interface OpBounds {
  readonly op: ValueId;
  readonly kind: OpKind;
  /** |x| at most this, in every row: an entry an element; where a row has an element a key, an entry a head. */
  readonly most: Float64Array;
  /** x at least this, likewise, of values that are positive. */
  readonly least: Float64Array | undefined;
  /** Every bound that the operation's arithmetic relies on. */
  readonly shown: readonly ShownBound[];
}

export interface ShownBound {
  readonly bound: string;
  readonly found: number;
  /** What `found` had to keep to. */
  readonly limit: number;
  /** By how much `found` could be larger (or smaller, where the limit is one from below). */
  readonly margin: number;
}
