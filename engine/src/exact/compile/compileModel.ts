import type { Adapter } from "../../model/adapter.js";
import type { Architecture } from "../../model/architecture.js";
import type { Model } from "../../model/model-folder.js";
import { ExactError } from "../errors.js";
import type { Arithmetic, Program, Tier } from "../program/Program.js";
import { mostKeys, tierSettings } from "../program/tiers.js";
import { checkLimits } from "../trace/checkLimits.js";
import { FloatCompiler } from "./FloatCompiler.js";
import { compileIntegers } from "./integer/compileIntegers.js";
import { modelMatrices } from "./modelMatrices.js";

export interface CompileOptions {
  readonly tier: Tier;
  /** Float if absent. */
  readonly arithmetic?: Arithmetic;
  readonly adapter?: Adapter;
  /** Positions that bounds are proven for; if absent, the model's own, or as many as exponentials of all keys add up for. */
  readonly maxPositions?: number;
  /**
   * What attribution reads of the final state: bit k is 1 where Σ_j projection[k][j] · (z_j − mean_j) > 0. With it the
   * program has surprises too.
   */
  readonly codes?: { readonly mean: Float32Array; readonly projection: Float32Array };
  /** The same model compiled in the same way: an adapter's program shares its tables, which are not made again. */
  readonly base?: Program;
}

/**
 * Compiles a model, with an adapter if given, to an exact program. A function of weights, adapter and options alone, of
 * the same bits on every machine.
 *
 * @throws ExactError `program_malformed` for `maxPositions` that are none; `weights_unusable`; `bound_unprovable` where some sequence of tokens could break a bound, naming
 * operation and bound; `step_too_large` where a step of the trace reads too much.
 */
export function compileModel(model: Model, options: CompileOptions): Program {
  const { architecture } = model;
  const { tier, arithmetic = "float" } = options;
  const maxPositions = positionsOf(architecture, options);
  const settings = tierSettings(tier, keysOf(architecture, maxPositions), arithmetic);
  const inputsOf = () => ({
    architecture,
    settings,
    matrices: modelMatrices(model, options.adapter, settings, options.codes),
    maxPositions,
    made: options.base?.tables,
  });
  const compiled = arithmetic === "float" ? new FloatCompiler(inputsOf()).compile() : compileIntegers(inputsOf);
  const program: Program = { tier, ...compiled };
  checkLimits(program);
  return program;
}

function positionsOf(architecture: Architecture, { tier, arithmetic, maxPositions }: CompileOptions): number {
  if (maxPositions !== undefined) {
    if (!Number.isInteger(maxPositions) || maxPositions < 1) {
      throw new ExactError("program_malformed", `maxPositions must be a whole number from 1 on, found ${maxPositions}`);
    }
    return Math.min(maxPositions, architecture.maxPositions);
  }
  const every = architecture.maxPositions;
  const most = mostKeys(tier, arithmetic);
  return keysOf(architecture, every) <= most ? every : most;
}

/** The most keys that a position sees in any layer. */
function keysOf({ windows }: Architecture, maxPositions: number): number {
  return Math.max(...windows.map((window) => Math.min(window ?? maxPositions, maxPositions)));
}
