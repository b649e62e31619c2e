import type { Op, TableName, ValueId } from "./Op.js";

/** A constant of a program. Bytes are little endian; rows are contiguous. */
export type Table =
  /** Integer matrix `[rows, columns]` in one or two int8 digits (`low` absent with one), and an f32 scale a row, of the high digit. */
  | {
      readonly kind: "matrix";
      readonly rows: number;
      readonly columns: number;
      readonly high: Int8Array;
      readonly low?: Int8Array;
      readonly scales: Float32Array;
    }
  /** f32 `[rows, columns]`: biases and channel factors (one row), learned positions, and rotary `[positions, 2, headDim/2]` as cos then sin. */
  | { readonly kind: "floats"; readonly rows: number; readonly columns: number; readonly data: Float32Array }
  /** Non-negative integers below 2^24: exponentials and sigmoids on their grids. */
  | { readonly kind: "integers"; readonly data: Int32Array }
  /**
   * The index of a Datanet version under a base: for each record, what stands at its positions (those that it has not are 0).
   * `entries` i32 `[records, positions]` are token · 128 + surprise, `codes` u8 `[records, positions, 16]`; `thresholds` u8
   * `[vocabulary]` are the θ of tokens, 0 to 128.
   */
  | {
      readonly kind: "index";
      readonly records: number;
      readonly positions: number;
      readonly entries: Int32Array;
      readonly codes: Uint8Array;
      readonly thresholds: Uint8Array;
    };

export const TIERS = ["w8a8", "w8a16", "w15a15"] as const;
export type Tier = (typeof TIERS)[number];

/** What numbers of a program are: binary32, with operations as `Op` defines them, or integers, as `IntegerOp` does. */
export const ARITHMETICS = ["float", "integer"] as const;
export type Arithmetic = (typeof ARITHMETICS)[number];

/**
 * A compiled model: what it computes for each position of a sequence, to the bit, on any machine.
 *
 * `blocks` cut the list where only the residual stream crosses (embedding, layers, head), and codes and surprise to what
 * attribution makes of them: a block is rebuilt from the rows that enter it and the keys and values of earlier positions.
 */
export interface Program {
  readonly tier: Tier;
  readonly arithmetic: Arithmetic;
  readonly ops: readonly Op[];
  readonly tables: ReadonlyMap<TableName, Table>;
  readonly blocks: readonly Block[];
  readonly shape: ProgramShape;
  /** Value whose row is the answer's distribution: i32 logits `[vocabulary]`. */
  readonly logits: ValueId;
  /** Codes that attribution reads, u8 [16], where the base has an attribution part. */
  readonly codes: ValueId | undefined;
  /** Surprise of the token that follows, u8 [1], with codes. */
  readonly surprise?: ValueId;
}

export interface ProgramShape {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly feedForward: number;
  /** Positions that bounds were proven for; at most the model's. */
  readonly maxPositions: number;
  readonly endToken: number;
}

export interface Block {
  /** `attribution`, the last one where there is one, reads codes and surprise of the head: its rows of `credit` are outputs. */
  readonly kind: "embedding" | "layer" | "head" | "attribution";
  /** First operation (inclusive) and last (exclusive). */
  readonly from: ValueId;
  readonly to: ValueId;
  /** The residual row that enters (only of layers and head), and the one that leaves (only of embedding and layers). */
  readonly input: ValueId | undefined;
  readonly output: ValueId | undefined;
}
