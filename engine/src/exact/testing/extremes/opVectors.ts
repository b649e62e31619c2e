import type { OpVector } from "../vectors.js";
import { attentionVectors } from "./attention.js";
import { attributionVectors } from "./attribution.js";
import { linearVectors } from "./linear.js";
import { pointwiseVectors } from "./pointwise.js";
import { rowVectors } from "./rows.js";
import { vectorOf } from "./vectorOf.js";

/** Extremes of every operation and what the reference makes of them: `test/vectors/exact-ops.json`. */
export function opVectors(): { readonly vectors: readonly OpVector[] } {
  return {
    vectors: [...rowVectors, ...linearVectors, ...pointwiseVectors, ...attentionVectors, ...attributionVectors].map(
      vectorOf,
    ),
  };
}
