/**
 * LoRA adapters in PEFT form: `adapter_config.json` and `adapter_model.safetensors` with `lora_A` `[r, in]` and
 * `lora_B` `[out, r]` of every layer's target modules. The update of a module is alpha/r · B·A.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { sameShape, showShape } from "../onnx/shape.js";
import { adapterConfig, parseAdapterConfig } from "./adapterConfig.js";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { factorKey, factorsOf, type LoraModule, loraModules } from "./loraModules.js";
import { loraName, type Projection, projectionShape } from "./parameters.js";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";
import { shortened } from "./shown.js";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const MAX_BYTES = 2 ** 31;

export interface Adapter {
  readonly rank: number;
  readonly alpha: number;
  /** `rslora`: the update is alpha/√r · B·A (Kalajdzievski 2023). Absent or `standard`: alpha/r · B·A. */
  readonly scaling?: "standard" | "rslora";
  readonly projections: readonly Projection[];
  /**
   * Unscaled factors by `loraName`: `a` `[r, in]`, `b` `[out, r]`. Projections that PEFT adapts as one module (q, k and v
   * of GPT-2) have the same array as `a`.
   */
  readonly factors: ReadonlyMap<string, Float32Array>;
}

/** The two files of an adapter. */
export interface AdapterFiles {
  readonly config: string;
  readonly weights: Uint8Array;
}

/** @throws ModelError `file_unreadable`, and as `parseAdapter` */
export async function loadAdapter(dir: string, architecture: Architecture): Promise<Adapter> {
  const read = async (name: string): Promise<Buffer> => {
    const file = join(dir, name);
    try {
      const { size } = await stat(file);
      if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, at most ${MAX_BYTES} are read`);
      return await readFile(file);
    } catch (cause) {
      throw new ModelError("file_unreadable", `${file} cannot be read: ${(cause as Error).message}`, { cause });
    }
  };
  const config = (await read(CONFIG)).toString("utf8");
  return parseAdapter({ config, weights: await read(WEIGHTS) }, architecture, dir);
}

/**
 * Checks an adapter against the base it is for; nothing that does not fit is skipped.
 *
 * @throws ModelError `adapter_unsupported` when the configuration asks for more than plain LoRA, `weights_mismatch`
 * when a factor is missing, has another shape, or belongs to no target, `weights_malformed` when the file is broken
 */
export function parseAdapter(files: AdapterFiles, architecture: Architecture, file = "adapter"): Adapter {
  const settings = parseAdapterConfig(files.config, architecture, `${file}/${CONFIG}`);
  const tensors = readSafetensors(files.weights, `${file}/${WEIGHTS}`);
  const factors = new Map<string, Float32Array>();
  const known = new Set<string>();
  for (const module of adaptedModules(architecture, settings.projections)) {
    const { a, b } = moduleTensors(architecture, module, settings.rank);
    const [narrow, wide] = [a, b].map(({ name, shape }) => {
      const tensor = tensors.get(name);
      if (tensor === undefined || !sameShape(tensor.shape, shape)) {
        const found = tensor === undefined ? "none" : showShape(tensor.shape);
        throw new ModelError("weights_mismatch", `${file}: ${name} must be ${showShape(shape)}, found ${found}`);
      }
      known.add(name);
      return tensor.data;
    });
    let at = 0;
    for (const projection of module.projections) {
      const end = at + projectionShape(architecture, projection)[0] * settings.rank;
      factors.set(loraName(module.layer, projection, "a"), narrow!);
      factors.set(loraName(module.layer, projection, "b"), wide!.slice(at, end));
      at = end;
    }
  }
  const foreign = [...tensors.keys()].find((name) => !known.has(name));
  if (foreign !== undefined) {
    const counts = `${tensors.size} tensors where the base and the targets ask for ${known.size}`;
    throw new ModelError("weights_mismatch", `${file}: ${counts}; ${shortened(foreign)} has no place`);
  }
  return { ...settings, factors };
}

/**
 * An adapter as the two files that PEFT reads, fp32; equal adapters give equal bytes.
 *
 * @throws ModelError `adapter_unsupported` where projections of one module have different A
 */
export function writeAdapter(adapter: Adapter, architecture: Architecture): AdapterFiles {
  const tensors = new Map<string, Tensor>();
  for (const module of adaptedModules(architecture, adapter.projections)) {
    const { a, b } = moduleTensors(architecture, module, adapter.rank);
    const factor = (projection: Projection, of: "a" | "b") =>
      adapter.factors.get(loraName(module.layer, projection, of))!;
    const narrow = factor(module.projections[0]!, "a");
    const other = module.projections.find((projection) => !sameNumbers(factor(projection, "a"), narrow));
    if (other !== undefined) {
      const message = `${module.path} has one A, that of ${other} differs from that of ${module.projections[0]}`;
      throw new ModelError("adapter_unsupported", message);
    }
    const wide = new Float32Array(b.shape[0] * b.shape[1]);
    let at = 0;
    for (const projection of module.projections) {
      const part = factor(projection, "b");
      wide.set(part, at);
      at += part.length;
    }
    tensors.set(a.name, { shape: a.shape, data: narrow });
    tensors.set(b.name, { shape: b.shape, data: wide });
  }
  const config = adapterConfig(adapter, architecture);
  return { config: `${JSON.stringify(config, null, 2)}\n`, weights: writeSafetensors(tensors, "F32") };
}

/** What B·A is multiplied by. */
export function adapterScale({ rank, alpha, scaling }: Pick<Adapter, "rank" | "alpha" | "scaling">): number {
  return scaling === "rslora" ? alpha / Math.sqrt(rank) : alpha / rank;
}

/** The factors that a graph takes, each once, as the adapter's own arrays: a trainer changes them in place. */
export function ownFactors(adapter: Adapter, architecture: Architecture): Map<string, Float32Array> {
  const { projections, rank, factors } = adapter;
  return new Map(factorsOf(architecture, projections, rank).map(({ key }) => [key, factors.get(key)!]));
}

/** All factors of an adapter from those that a graph takes. */
export function sharedFactors(
  own: ReadonlyMap<string, Float32Array>,
  architecture: Architecture,
  projections: readonly Projection[],
): Map<string, Float32Array> {
  const factors = new Map<string, Float32Array>();
  for (let layer = 0; layer < architecture.layers; layer++) {
    for (const projection of projections) {
      for (const factor of ["a", "b"] as const) {
        factors.set(loraName(layer, projection, factor), own.get(factorKey(architecture, layer, projection, factor))!);
      }
    }
  }
  return factors;
}

/** The factors as a serving graph takes them: alpha/r is multiplied into `b`. */
export function servingFactors(adapter: Adapter): Map<string, Float32Array> {
  const scale = adapterScale(adapter);
  return new Map(
    [...adapter.factors].map(([key, data]) => [key, key.endsWith(".b") ? data.map((value) => value * scale) : data]),
  );
}

function adaptedModules(architecture: Architecture, projections: readonly Projection[]): LoraModule[] {
  return loraModules(architecture).filter((module) => projections.includes(module.projections[0]!));
}

function moduleTensors(architecture: Architecture, { path, projections }: LoraModule, rank: number) {
  const shapes = projections.map((projection) => projectionShape(architecture, projection));
  const rows = shapes.reduce((sum, [out]) => sum + out, 0);
  const name = (factor: string): string => `base_model.model.${path}.${factor}.weight`;
  return {
    a: { name: name("lora_A"), shape: [rank, shapes[0]![1]] as const },
    b: { name: name("lora_B"), shape: [rows, rank] as const },
  };
}

function sameNumbers(a: Float32Array, b: Float32Array): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}
