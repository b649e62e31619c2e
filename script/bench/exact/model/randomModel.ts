import { type Architecture, type Model, parameterShapes, Random } from "@openledger/engine";

/** Normal deviates drawn once and looked up by 16 random bits: 135 million logarithms would take ten seconds. */
const DEVIATES = 2 ** 16;

/**
 * A model whose weights are random and scaled as trained ones are: norms near 1, matrices normal with deviation 0.04, of
 * those that write to the residual stream 0.02. Each tensor depends on the seed and its own name alone.
 */
export function randomModel(architecture: Architecture, seed: number): Model {
  const random = new Random(seed);
  const deviates = Float32Array.from({ length: DEVIATES }, () => random.normal());
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(architecture)) {
    weights.set(name, randomTensor(name, shape, deviates, seed));
  }
  return { architecture, weights };
}

function randomTensor(name: string, shape: readonly number[], deviates: Float32Array, seed: number): Float32Array {
  const random = new Random(seed * 2 ** 20 + (hashOf(name) % 2 ** 20));
  const isNorm = shape.length === 1;
  const deviation = isNorm ? 0.1 : /\.(o|down)_proj\.weight$/.test(name) ? 0.02 : 0.04;
  const mean = isNorm ? 1 : 0;
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i += 2) {
    const bits = random.bits();
    data[i] = mean + deviation * deviates[bits & 0xffff]!;
    if (i + 1 < data.length) data[i + 1] = mean + deviation * deviates[bits >>> 16]!;
  }
  return data;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
