/**
 * Where adapters attach. PEFT adapts modules, the project adapts projections; they are the same but for GPT-2, whose
 * queries, keys and values are one module: it has one A, `[r, hidden]`, and a B of 3·hidden rows.
 */
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import {
  hasProjection,
  loraName,
  PROJECTIONS,
  type Projection,
  projectionName,
  projectionShape,
} from "./parameters.js";

/** A module that PEFT can adapt. */
export interface LoraModule {
  readonly layer: number;
  /** Its path inside the model, as PEFT matches targets against. */
  readonly path: string;
  /** Projections whose rows, one below the other, are the rows of the module's B. */
  readonly projections: readonly Projection[];
}

/** A factor as a graph takes it. */
export interface LoraFactor {
  readonly key: string;
  readonly shape: readonly [number, number];
}

const GPT2_MODULES: readonly (readonly [string, readonly Projection[]])[] = [
  ["attn.c_attn", ["q", "k", "v"]],
  ["attn.c_proj", ["o"]],
  ["mlp.c_fc", ["up"]],
  ["mlp.c_proj", ["down"]],
];

/** All modules of a model that can be adapted, layer by layer. */
export function loraModules(a: Architecture): LoraModule[] {
  const modules: LoraModule[] = [];
  for (let layer = 0; layer < a.layers; layer++) {
    if (a.family === "gpt2") {
      for (const [name, projections] of GPT2_MODULES) {
        modules.push({ layer, path: `transformer.h.${layer}.${name}`, projections });
      }
      continue;
    }
    for (const projection of PROJECTIONS) {
      const path = projectionName(layer, projection).replace(/\.weight$/, "");
      if (hasProjection(a, projection)) modules.push({ layer, path, projections: [projection] });
    }
  }
  return modules;
}

/** Input of a graph that holds a projection's factor; projections of one module share their A. */
export function factorKey(a: Architecture, layer: number, projection: Projection, factor: "a" | "b"): string {
  const shares = a.family === "gpt2" && factor === "a" && (projection === "k" || projection === "v");
  return loraName(layer, shares ? "q" : projection, factor);
}

/**
 * Key and shape of every factor of an adapter, each once.
 *
 * @throws ModelError `adapter_unsupported` when the model has no such projection, or adapts it with others only
 */
export function factorsOf(a: Architecture, projections: readonly Projection[], rank: number): LoraFactor[] {
  checkProjections(a, projections);
  const factors = new Map<string, LoraFactor>();
  for (let layer = 0; layer < a.layers; layer++) {
    for (const projection of projections) {
      const [rows, columns] = projectionShape(a, projection);
      for (const [factor, shape] of [["a", [rank, columns]] as const, ["b", [rows, rank]] as const]) {
        const key = factorKey(a, layer, projection, factor);
        factors.set(key, { key, shape });
      }
    }
  }
  return [...factors.values()];
}

function checkProjections(a: Architecture, projections: readonly Projection[]): void {
  const modules = loraModules({ ...a, layers: 1 });
  for (const projection of projections) {
    const module = modules.find((candidate) => candidate.projections.includes(projection));
    if (module === undefined) {
      throw new ModelError("adapter_unsupported", `a ${a.family} model has no projection ${projection} to adapt`);
    }
    const missing = module.projections.find((other) => !projections.includes(other));
    if (missing !== undefined) {
      throw new ModelError(
        "adapter_unsupported",
        `${module.projections.join(", ")} of a ${a.family} model are adapted together; asked for ${projection} without ${missing}`,
      );
    }
  }
}
