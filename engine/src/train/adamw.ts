/**
 * AdamW with decoupled decay (Loshchilov and Hutter 2019, algorithm 2) on the parameters' own arrays. It runs outside
 * the graph on purpose: onnxruntime copies every output, and parameters with two moments would be copied three times
 * a step; in place it is one pass over memory, bit-equal on every machine.
 */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

interface Slot {
  readonly values: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly decay: number;
}

export class AdamW {
  private readonly slots = new Map<string, Slot>();
  private steps = 0;

  /**
   * @param parameters arrays that `update` changes in place
   * @param decays whether a parameter decays; norms usually do not
   */
  constructor(
    parameters: ReadonlyMap<string, Float32Array>,
    private readonly options: AdamWOptions,
    decays: (name: string) => boolean = () => true,
  ) {
    for (const [name, values] of parameters) {
      this.slots.set(name, {
        values,
        first: new Float32Array(values.length),
        second: new Float32Array(values.length),
        decay: decays(name) ? options.weightDecay : 0,
      });
    }
  }

  /** One step with gradients multiplied by `scale` (from clipping). */
  update(gradients: ReadonlyMap<string, Float32Array>, learningRate: number, scale: number): void {
    this.steps++;
    const { beta1, beta2, epsilon } = this.options;
    const rate = learningRate / (1 - beta1 ** this.steps);
    const bias = 1 / Math.sqrt(1 - beta2 ** this.steps);
    for (const [name, { values, first, second, decay }] of this.slots) {
      const gradient = gradients.get(name)!;
      const keep = 1 - learningRate * decay;
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]! * scale;
        const m = beta1 * first[i]! + (1 - beta1) * g;
        const v = beta2 * second[i]! + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        values[i] = keep * values[i]! - (rate * m) / (Math.sqrt(v) * bias + epsilon);
      }
    }
  }

  /** Number of updates, and both moments by parameter, for a checkpoint. */
  state(): { steps: number; moments: Map<string, { first: Float32Array; second: Float32Array }> } {
    return { steps: this.steps, moments: new Map(this.slots) };
  }

  /** Continues from a saved state of the same parameters. */
  restore(state: ReturnType<AdamW["state"]>): void {
    this.steps = state.steps;
    for (const [name, slot] of this.slots) {
      slot.first.set(state.moments.get(name)!.first);
      slot.second.set(state.moments.get(name)!.second);
    }
  }
}

/** The factor that brings the gradients' common Euclidean norm down to `limit`, 1 where it is below. */
export function clipScale(gradients: Iterable<Float32Array>, limit: number): { norm: number; scale: number } {
  let sum = 0;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  }
  const norm = Math.sqrt(sum);
  return { norm, scale: norm > limit ? limit / norm : 1 };
}
