import { type Adapter, sharedFactors } from "../model/adapter.js";
import type { Architecture } from "../model/architecture.js";
import { factorsOf } from "../model/loraModules.js";
import { type Projection, parameterShapes } from "../model/parameters.js";
import { Random } from "./random.js";

/**
 * Weights to start training from: norms 1, biases 0, all else normal with deviation 0.02, and projections that write into the
 * residual stream (o, down) smaller by √(2·layers), as in GPT-2.
 */
export function initialWeights(architecture: Architecture, seed: number): Map<string, Float32Array> {
  const random = new Random(seed);
  const residual = 0.02 / Math.sqrt(2 * architecture.layers);
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(architecture)) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (shape.length === 1) data.fill(name.endsWith(".bias") ? 0 : 1);
    else {
      const deviation = /\.(o|down)_proj\.weight$/.test(name) ? residual : 0.02;
      for (let i = 0; i < data.length; i++) data[i] = deviation * random.normal();
    }
    weights.set(name, data);
  }
  return weights;
}

/** An adapter that changes nothing yet: A uniform in ±1/√in as PEFT starts it, B zero (Hu et al. 2021, §4.1). */
export function initialAdapter(
  architecture: Architecture,
  options: { readonly rank: number; readonly alpha: number; readonly projections: readonly Projection[] },
  seed: number,
): Adapter {
  const random = new Random(seed);
  const own = new Map<string, Float32Array>();
  for (const { key, shape } of factorsOf(architecture, options.projections, options.rank)) {
    const data = new Float32Array(shape[0] * shape[1]);
    if (key.endsWith(".a")) {
      const bound = 1 / Math.sqrt(shape[1]);
      for (let i = 0; i < data.length; i++) data[i] = bound * (2 * random.uniform() - 1);
    }
    own.set(key, data);
  }
  return { ...options, factors: sharedFactors(own, architecture, options.projections) };
}
