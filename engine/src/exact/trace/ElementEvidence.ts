import type { RowProof } from "@openledger/sdk";
import type { LeafPlace } from "./layout.js";

/** All that shows whether one element of a leaf is what its inputs make of it: at most 8 inputs, 8 KB. */
export interface ElementEvidence {
  /** The leaf in question. */
  readonly leaf: OpenedLeaf;
  /** Counted from the leaf's first. */
  readonly element: number;
  /** Leaves that its step reads: those of `inputsOf`. */
  readonly inputs: readonly OpenedLeaf[];
  /** Parts of tables that its step reads: those of `tablePartsOf`. */
  readonly parts: readonly OpenedPart[];
}

/** A leaf and the siblings that show it under a trace's root. */
export interface OpenedLeaf extends LeafPlace {
  readonly bytes: Uint8Array;
  readonly siblings: readonly Uint8Array[];
}

/** A part of a row of a plane, with what shows it under the plane's root. */
export interface OpenedPart extends RowProof {
  /** Name of the plane. */
  readonly plane: string;
}
