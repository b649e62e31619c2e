import type { OpVector } from "../vectors.js";
import { attentionVectors } from "./attention.js";
import { attributionVectors } from "./attribution.js";
import { integerAttentionVectors } from "./integers/attention.js";
import { integerLinearVectors } from "./integers/linear.js";
import { integerRowVectors } from "./integers/rows.js";
import { linearVectors } from "./linear.js";
import { pointwiseVectors } from "./pointwise.js";
import { rowVectors } from "./rows.js";
import { vectorOf } from "./vectorOf.js";

/** Extremes of every operation in both arithmetics and what the reference makes of them: `test/vectors/exact-ops.json`. */
export function opVectors(): { readonly vectors: readonly OpVector[] } {
  const floats = [...rowVectors, ...linearVectors, ...pointwiseVectors, ...attentionVectors, ...attributionVectors];
  const integers = [...integerRowVectors, ...integerLinearVectors, ...integerAttentionVectors];
  return { vectors: [...floats, ...integers].map(vectorOf) };
}
