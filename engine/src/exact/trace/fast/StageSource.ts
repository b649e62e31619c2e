import type { ValueId } from "../../program/Op.js";
import type { Row } from "../../reference/Row.js";

/** Rows that an operation's stages are made of, at the position where they are made. */
export interface StageSource {
  /** Row of a value at the position. */
  row(value: ValueId): Row;
  /** Rows of digits at this position and those before it. */
  history(value: ValueId): History;
  /** The token after the position; undefined where the sequence has ended. */
  following(): number | undefined;
}

/** Rows of one width at positions from `first` on, one after another: `[positions, width]`. */
export interface History {
  readonly first: number;
  readonly rows: Row;
}
