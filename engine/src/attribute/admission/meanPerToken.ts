/** A sum over one text's tokens. */
export interface TextSum {
  readonly sum: number;
  readonly tokens: number;
}

export interface MeanPerToken {
  readonly mean: number;
  /** Standard error of the mean, of texts that were drawn: tokens of one text are no draws of their own. */
  readonly error: number;
}

/** A ratio estimate and its error (Cochran, Sampling Techniques, 6.3). @param texts at least two, with tokens */
export function meanPerToken(texts: readonly TextSum[]): MeanPerToken {
  const tokens = texts.reduce((total, text) => total + text.tokens, 0);
  const mean = texts.reduce((total, text) => total + text.sum, 0) / tokens;
  const squares = texts.reduce((total, text) => total + (text.sum - mean * text.tokens) ** 2, 0);
  return { mean, error: Math.sqrt((squares * texts.length) / (texts.length - 1)) / tokens };
}
