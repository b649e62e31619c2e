import { type Architecture, parameterShapes, Random } from "@openledger/engine";

/** Logits of a token that is known to follow stand about this far above the others. */
const CLEARANCE = 40;
/** Size of what layers add, beside that of embeddings. */
const QUIET = 0.35;

/**
 * Weights of a decoder that goes on as texts did: with the token that followed the last one where it stood last. The output
 * row of a token is the sum of the embeddings that it followed; the layers, small beside, make states of different contexts
 * differ.
 */
export function echoWeights(
  architecture: Architecture,
  texts: readonly (readonly number[])[],
): Map<string, Float32Array> {
  const { hidden, endToken } = architecture;
  const random = new Random(11);
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(architecture)) {
    const data = new Float32Array(shape.reduce((size, extent) => size * extent, 1));
    const size = /o_proj|down_proj/.test(name) ? QUIET : 1;
    if (shape.length === 1) data.fill(1);
    else if (!name.startsWith("lm_head")) for (let i = 0; i < data.length; i++) data[i] = (size * random.normal()) / 8;
    weights.set(name, data);
  }

  const following = new Map<number, number>();
  for (const text of texts) {
    for (const [i, token] of text.entries()) following.set(token, text[i + 1] ?? endToken);
  }
  const embedding = weights.get("model.embed_tokens.weight")!;
  const head = weights.get("lm_head.weight")!;
  for (const [last, next] of following) {
    // The norm makes every state √hidden long; embeddings are about a unit long.
    const gain = CLEARANCE / Math.sqrt(hidden);
    for (let k = 0; k < hidden; k++) head[next * hidden + k]! += gain * embedding[last * hidden + k]!;
  }
  return weights;
}
