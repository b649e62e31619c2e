/**
 * LoRA adapters in PEFT form: `adapter_config.json` and `adapter_model.safetensors` with `lora_A` `[r, in]` and
 * `lora_B` `[out, r]` of every layer's target projections. The update of a projection is alpha/r · B·A.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sameShape, showShape } from "../onnx/shape.js";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { loraName, PROJECTIONS, type Projection, projectionName, projectionShape } from "./parameters.js";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";

export interface Adapter {
  readonly rank: number;
  readonly alpha: number;
  /** `rslora`: the update is alpha/√r · B·A (Kalajdzievski 2023). Absent or `standard`: alpha/r · B·A. */
  readonly scaling?: "standard" | "rslora";
  readonly projections: readonly Projection[];
  /** Unscaled factors by `loraName`: `a` `[r, in]`, `b` `[out, r]`. */
  readonly factors: ReadonlyMap<string, Float32Array>;
}

/** The two files of an adapter. */
export interface AdapterFiles {
  readonly config: string;
  readonly weights: Uint8Array;
}

export async function loadAdapter(dir: string, architecture: Architecture): Promise<Adapter> {
  const config = await readFile(join(dir, "adapter_config.json"), "utf8");
  const weights = await readFile(join(dir, "adapter_model.safetensors"));
  return parseAdapter({ config, weights }, architecture, dir);
}

/**
 * Checks an adapter against the base it is for; nothing that does not fit is skipped.
 *
 * @throws ModelError `adapter_unsupported` when the configuration asks for more than plain LoRA, `weights_mismatch`
 * when a factor is missing, has another shape, or belongs to no target
 */
export function parseAdapter(files: AdapterFiles, architecture: Architecture, file = "adapter"): Adapter {
  const { rank, alpha, projections } = parseConfig(files.config, file);
  const tensors = readSafetensors(files.weights, `${file}/adapter_model.safetensors`);
  const factors = new Map<string, Float32Array>();
  for (const { name, key, shape } of factorsOf(architecture, projections, rank)) {
    const tensor = tensors.get(name);
    if (tensor === undefined || !sameShape(tensor.shape, shape)) {
      const found = tensor === undefined ? "none" : showShape(tensor.shape);
      throw new ModelError("weights_mismatch", `${file}: ${name} must be ${showShape(shape)}, found ${found}`);
    }
    factors.set(key, tensor.data);
  }
  if (tensors.size !== factors.size) {
    const message = `${file}: ${tensors.size} tensors where the base and the targets ask for ${factors.size}`;
    throw new ModelError("weights_mismatch", message);
  }
  return { rank, alpha, projections, factors };
}

/** An adapter as the two files that PEFT reads, fp32; equal adapters give equal bytes. */
export function writeAdapter(adapter: Adapter, architecture: Architecture): AdapterFiles {
  const { rank, alpha, projections } = adapter;
  const tensors = new Map<string, Tensor>();
  for (const { name, key, shape } of factorsOf(architecture, projections, rank)) {
    tensors.set(name, { shape, data: adapter.factors.get(key)! });
  }
  const config = {
    base_model_name_or_path: null,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    peft_type: "LORA",
    r: rank,
    target_modules: projections.map((projection) => `${projection}_proj`),
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: false,
  };
  return { config: `${JSON.stringify(config, null, 2)}\n`, weights: writeSafetensors(tensors, "F32") };
}

/** What B·A is multiplied by. */
export function adapterScale({ rank, alpha, scaling }: Pick<Adapter, "rank" | "alpha" | "scaling">): number {
  return scaling === "rslora" ? alpha / Math.sqrt(rank) : alpha / rank;
}

/** The factors as a serving graph takes them: alpha/r is multiplied into `b`. */
export function servingFactors(adapter: Adapter): Map<string, Float32Array> {
  const scale = adapterScale(adapter);
  return new Map(
    [...adapter.factors].map(([key, data]) => [key, key.endsWith(".b") ? data.map((value) => value * scale) : data]),
  );
}

/** `loraName`, PEFT name and shape of every factor of an adapter. */
export function factorsOf(
  architecture: Architecture,
  projections: readonly Projection[],
  rank: number,
): { key: string; name: string; shape: readonly [number, number] }[] {
  const out: { key: string; name: string; shape: readonly [number, number] }[] = [];
  for (let layer = 0; layer < architecture.layers; layer++) {
    for (const projection of projections) {
      const [rows, columns] = projectionShape(architecture, projection);
      const module = `base_model.model.${projectionName(layer, projection).replace(/\.weight$/, "")}`;
      out.push({ key: loraName(layer, projection, "a"), name: `${module}.lora_A.weight`, shape: [rank, columns] });
      out.push({ key: loraName(layer, projection, "b"), name: `${module}.lora_B.weight`, shape: [rows, rank] });
    }
  }
  return out;
}

function parseConfig(text: string, file: string): Pick<Adapter, "rank" | "alpha" | "projections"> {
  const refuse = (detail: string): ModelError =>
    new ModelError("adapter_unsupported", `${file}/adapter_config.json: ${detail}; only plain LoRA is served`);
  let config: Record<string, unknown>;
  try {
    config = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new ModelError("adapter_unsupported", `${file}/adapter_config.json is not JSON`, { cause });
  }
  const { r: rank, lora_alpha: alpha, target_modules: targets } = config;
  if (config.peft_type !== "LORA") throw refuse(`peft_type is ${JSON.stringify(config.peft_type)}`);
  for (const option of ["use_dora", "use_rslora", "lora_bias", "fan_in_fan_out"]) {
    if (config[option] === true) throw refuse(`${option} is set`);
  }
  for (const option of ["rank_pattern", "alpha_pattern"]) {
    if (Object.keys((config[option] as object | undefined) ?? {}).length > 0) throw refuse(`${option} is not empty`);
  }
  if (typeof rank !== "number" || !Number.isInteger(rank) || rank < 1 || rank > 512)
    throw refuse(`r is ${String(rank)}`);
  if (typeof alpha !== "number" || !(alpha > 0)) throw refuse(`lora_alpha is ${String(alpha)}`);
  if (!Array.isArray(targets)) throw refuse("target_modules is not a list");
  const projections = PROJECTIONS.filter((projection) => targets.includes(`${projection}_proj`));
  if (projections.length !== targets.length || projections.length === 0) {
    throw refuse(`target_modules is ${JSON.stringify(targets)}, known are ${PROJECTIONS.join(", ")} with _proj`);
  }
  return { rank, alpha, projections };
}
