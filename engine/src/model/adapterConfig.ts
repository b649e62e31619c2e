import type { Adapter } from "./adapter.js";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { isOff } from "./isOff.js";
import { loraModules } from "./loraModules.js";
import { PROJECTIONS, type Projection } from "./parameters.js";
import { shortened, shown } from "./shown.js";

type AdapterSettings = Pick<Adapter, "rank" | "alpha" | "scaling" | "projections">;

const MAX_RANK = 512;

/** Fields that cannot change what an adapter that has been trained adds. */
const HARMLESS: ReadonlySet<string> = new Set([
  "auto_mapping",
  "base_model_name_or_path",
  "eva_config",
  "inference_mode",
  "lora_dropout",
  "megatron_core",
  "peft_version",
  "qalora_group_size",
  "revision",
]);

const UNDERSTOOD: ReadonlySet<string> = new Set([
  "bias",
  "fan_in_fan_out",
  "init_lora_weights",
  "lora_alpha",
  "peft_type",
  "r",
  "target_modules",
  "task_type",
  "use_rslora",
]);

/** Ways to start an adapter that leave the base as it is. The others (PiSSA, OLoRA, CorDA, LoftQ) change its weights. */
const PLAIN_STARTS: ReadonlySet<unknown> = new Set([undefined, null, true, false, "gaussian", "eva", "orthogonal"]);

/**
 * Reads an `adapter_config.json` of PEFT. Fields are understood, harmless, off (null, false, empty) or refused by name.
 *
 * @throws ModelError `adapter_unsupported` when it asks for more than LoRA of rank r on the same modules of every layer
 */
export function parseAdapterConfig(text: string, architecture: Architecture, file: string): AdapterSettings {
  const refuse = (detail: string): ModelError =>
    new ModelError("adapter_unsupported", `${file}: ${detail}; only plain LoRA is served`);
  const config = parseObject(text, file);
  const show = (name: string): string => `${shortened(name)} is ${shown(config[name])}`;

  if (config.peft_type !== "LORA") throw refuse(show("peft_type"));
  if ((config.task_type ?? "CAUSAL_LM") !== "CAUSAL_LM") throw refuse(show("task_type"));
  if ((config.bias ?? "none") !== "none") throw refuse(show("bias"));
  if (!PLAIN_STARTS.has(config.init_lora_weights)) throw refuse(show("init_lora_weights"));
  // Conv1D of GPT-2 stores [in, out]; PEFT itself corrects the flag there and only there.
  const transposes = config.fan_in_fan_out ?? false;
  if (typeof transposes !== "boolean" || (transposes && architecture.family !== "gpt2")) {
    throw refuse(show("fan_in_fan_out"));
  }
  const { r: rank, lora_alpha: alpha, use_rslora: stabilised = false } = config;
  if (typeof rank !== "number" || !Number.isInteger(rank) || rank < 1 || rank > MAX_RANK) throw refuse(show("r"));
  if (typeof alpha !== "number" || !(alpha > 0) || !Number.isFinite(alpha)) throw refuse(show("lora_alpha"));
  if (typeof stabilised !== "boolean") throw refuse(show("use_rslora"));
  for (const name of Object.keys(config)) {
    if (!UNDERSTOOD.has(name) && !HARMLESS.has(name) && !isOff(config[name])) throw refuse(show(name));
  }
  const projections = readTargets(config.target_modules, architecture, refuse);
  return { rank, alpha, ...(stabilised ? { scaling: "rslora" } : {}), projections };
}

/** The configuration of an adapter as PEFT reads it. */
export function adapterConfig(adapter: AdapterSettings, architecture: Architecture): Record<string, unknown> {
  return {
    base_model_name_or_path: null,
    bias: "none",
    fan_in_fan_out: architecture.family === "gpt2",
    inference_mode: true,
    lora_alpha: adapter.alpha,
    lora_dropout: 0,
    peft_type: "LORA",
    r: adapter.rank,
    target_modules: targetNames(adapter.projections, architecture),
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: adapter.scaling === "rslora",
  };
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new ModelError("adapter_unsupported", `${file} is not JSON`, { cause });
  }
  if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as Record<string, unknown>;
  throw new ModelError("adapter_unsupported", `${file} is not a JSON object`);
}

/** The projections of a target list: PEFT adapts each module whose path ends in a target. */
function readTargets(
  targets: unknown,
  architecture: Architecture,
  refuse: (detail: string) => ModelError,
): readonly Projection[] {
  const modules = loraModules(architecture);
  if (targets === "all-linear") return PROJECTIONS.filter((projection) => isAdaptable(modules, projection));
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === "string")) {
    throw refuse(
      `target_modules is ${shown(targets)}, neither a list of modules nor "all-linear"; patterns are not read`,
    );
  }
  const adapted = new Set<Projection>();
  for (const target of targets) {
    const matched = modules.filter(({ path }) => path === target || path.endsWith(`.${target}`));
    const layers = new Map<Projection, number>();
    for (const { projections } of matched) for (const p of projections) layers.set(p, (layers.get(p) ?? 0) + 1);
    if (matched.length === 0 || [...layers.values()].some((count) => count !== architecture.layers)) {
      const names = targetNames(PROJECTIONS, architecture).join(", ");
      throw refuse(`target_modules is ${shown(targets)}, of which ${shortened(target)} is none of ${names}`);
    }
    for (const projection of layers.keys()) adapted.add(projection);
  }
  if (adapted.size === 0) throw refuse("target_modules is empty");
  return PROJECTIONS.filter((projection) => adapted.has(projection));
}

function isAdaptable(modules: ReturnType<typeof loraModules>, projection: Projection): boolean {
  return modules.some(({ projections }) => projections.includes(projection));
}

/** The shortest names that mean these projections and no others. */
function targetNames(projections: readonly Projection[], architecture: Architecture): string[] {
  const modules = loraModules({ ...architecture, layers: 1 });
  const chosen = modules.filter((module) => module.projections.every((projection) => projections.includes(projection)));
  const lastName = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
  const names = chosen.map(({ path }) => {
    const name = lastName(path);
    const same = modules.filter((module) => lastName(module.path) === name);
    return same.every((module) => chosen.includes(module)) ? name : path.split(".").slice(-2).join(".");
  });
  return [...new Set(names)];
}
