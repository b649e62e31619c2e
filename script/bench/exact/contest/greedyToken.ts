/** The token of the largest logit, the lowest among equals. */
export function greedyToken(logits: Float32Array | Int32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  return best;
}

/**
 * The token of the largest integer logit, the lowest among equals, as an exact program's answer is chosen: logits are
 * rounded half to even on a grid of `1 / one`.
 */
export function greedyIntegerToken(logits: Float32Array, one: number): number {
  const best = greedyToken(logits);
  const top = rounded(logits[best]! * one);
  // Rounding may join a lower token's logit to the largest.
  const near = (top - 1) / one;
  for (let token = 0; token < best; token++) {
    if (logits[token]! >= near && rounded(logits[token]! * one) === top) return token;
  }
  return best;
}

/** Half to even, for magnitudes below 2^51. */
function rounded(value: number): number {
  return value + 1.5 * 2 ** 52 - 1.5 * 2 ** 52;
}
