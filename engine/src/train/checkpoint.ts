import { ModelError } from "../model/errors.js";
import { readSafetensors, type Tensor, writeSafetensors } from "../model/safetensors.js";
import type { AdamW } from "./adamw.js";

/** All that a run needs to go on: batches follow from the step alone. */
export interface Checkpoint {
  readonly step: number;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly moments: ReadonlyMap<string, { readonly first: Float32Array; readonly second: Float32Array }>;
}

/** A checkpoint as one safetensors file, fp32. */
export function encodeCheckpoint({ step, weights, moments }: Checkpoint): Uint8Array {
  const tensors = new Map<string, Tensor>([["step", { shape: [1], data: Float32Array.of(step) }]]);
  for (const [name, data] of weights) {
    const { first, second } = moments.get(name)!;
    const shape = [data.length];
    tensors.set(`weight.${name}`, { shape, data });
    tensors.set(`first.${name}`, { shape, data: first });
    tensors.set(`second.${name}`, { shape, data: second });
  }
  return writeSafetensors(tensors, "F32");
}

export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const tensors = readSafetensors(bytes, file);
  const read = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new ModelError("weights_missing", `${file}: no tensor ${name}`);
    return tensor.data;
  };
  const weights = new Map<string, Float32Array>();
  const moments = new Map<string, { first: Float32Array; second: Float32Array }>();
  for (const name of tensors.keys()) {
    if (!name.startsWith("weight.")) continue;
    const parameter = name.slice("weight.".length);
    weights.set(parameter, read(name));
    moments.set(parameter, { first: read(`first.${parameter}`), second: read(`second.${parameter}`) });
  }
  return { step: read("step")[0]!, weights, moments };
}

/** Copies a checkpoint into the arrays of a run that starts. */
export function restoreCheckpoint(
  checkpoint: Checkpoint,
  weights: ReadonlyMap<string, Float32Array>,
  optimizer: AdamW,
): void {
  for (const [name, data] of weights) {
    const saved = checkpoint.weights.get(name);
    if (saved?.length !== data.length) {
      const found = saved === undefined ? "none" : `${saved.length}`;
      throw new ModelError("weights_mismatch", `checkpoint: ${name} needs ${data.length} numbers, found ${found}`);
    }
    data.set(saved);
  }
  optimizer.restore({ steps: checkpoint.step, moments: new Map(checkpoint.moments) });
}
