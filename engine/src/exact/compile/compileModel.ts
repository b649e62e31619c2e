import type { Adapter } from "../../model/adapter.js";
import type { Architecture } from "../../model/architecture.js";
import type { Model } from "../../model/model-folder.js";
import { rotaryFrequencies } from "../../model/rotary.js";
import type { Digits, TableName, ValueId } from "../program/Op.js";
import type { Program, Tier } from "../program/Program.js";
import { exponentTable, rotaryTable, SURPRISE_GRID, sigmoidTable, surpriseTable } from "../program/tables.js";
import { type ExponentGrid, mostKeys, type TierSettings, tierSettings } from "../program/tiers.js";
import { Prover } from "../prove/Prover.js";
import { checkLimits } from "../trace/checkLimits.js";
import type { MatrixSource } from "./MatrixSource.js";
import { type LayerMatrices, type ModelMatrices, modelMatrices, type Site } from "./modelMatrices.js";
import { ProgramBuilder } from "./ProgramBuilder.js";
import { quantizeMatrix } from "./quantizeMatrix.js";
import { scoreGrid } from "./scoreGrid.js";

export interface CompileOptions {
  readonly tier: Tier;
  readonly adapter?: Adapter;
  /** Positions that bounds are proven for; if absent, the model's own, or as many as exponentials of all keys add up for. */
  readonly maxPositions?: number;
  /**
   * What attribution reads of the final state: bit k is 1 where Σ_j projection[k][j] · (z_j − mean_j) > 0. With it the
   * program has surprises too.
   */
  readonly codes?: { readonly mean: Float32Array; readonly projection: Float32Array };
  /** The same model compiled to the same tier: an adapter's program shares its tables, which are not made again. */
  readonly base?: Program;
}

/** GELU in its tanh form is x · σ(x · (a·x² + b)) with b = 2·√(2/π), a = 0.044715·b (Hendrycks and Gimpel 2016). */
const GELU_B = Math.fround(2 * Math.sqrt(2 / Math.PI));
const GELU_A = Math.fround(0.044715 * 2 * Math.sqrt(2 / Math.PI));

/**
 * Compiles a model, with an adapter if given, to an exact program. A function of weights, adapter and options alone, of
 * the same bits on every machine.
 *
 * @throws ExactError `weights_unusable`; `bound_unprovable` where some sequence of tokens could break a bound, naming
 * operation and bound; `step_too_large` where a step of the trace reads too much.
 */
export function compileModel(model: Model, options: CompileOptions): Program {
  const { architecture } = model;
  const maxPositions = positionsOf(architecture, options);
  const settings = tierSettings(options.tier, keysOf(architecture, maxPositions));
  const matrices = modelMatrices(model, options.adapter, settings, options.codes);
  const compiler = new Compiler(architecture, settings, matrices, maxPositions, options.base?.tables);
  const program: Program = { tier: options.tier, arithmetic: "float", ...compiler.compile() };
  checkLimits(program);
  return program;
}

function positionsOf(architecture: Architecture, { tier, maxPositions }: CompileOptions): number {
  if (maxPositions !== undefined) return Math.min(maxPositions, architecture.maxPositions);
  const every = architecture.maxPositions;
  return keysOf(architecture, every) <= mostKeys(tier) ? every : mostKeys(tier);
}

/** The most keys that a position sees in any layer. */
function keysOf({ windows }: Architecture, maxPositions: number): number {
  return Math.max(...windows.map((window) => Math.min(window ?? maxPositions, maxPositions)));
}

type HeadOutputs = Pick<Program, "logits" | "codes" | "surprise">;

class Compiler {
  private readonly program = new ProgramBuilder();
  private readonly prover: Prover;

  constructor(
    private readonly architecture: Architecture,
    private readonly settings: TierSettings,
    private readonly matrices: ModelMatrices,
    private readonly maxPositions: number,
    private readonly made: Program["tables"] | undefined,
  ) {
    const { ops, tables } = this.program;
    this.prover = new Prover({ ops, tables, shape: { vocabulary: architecture.vocabulary, maxPositions } });
  }

  compile(): Omit<Program, "tier" | "arithmetic"> {
    const { program, architecture, settings, maxPositions } = this;
    const { vocabulary, hidden, layers, heads, kvHeads, headDim, feedForward, endToken } = architecture;
    program.table("sigmoid", { kind: "integers", data: sigmoidTable(settings.sigmoid) });
    if (architecture.positions.kind === "rotary") {
      const data = rotaryTable(rotaryFrequencies(architecture), maxPositions);
      program.table("rotary", { kind: "floats", rows: maxPositions, columns: headDim, data });
    }

    let x = program.block("embedding", undefined, () => this.embedding())!;
    for (let layer = 0; layer < layers; layer++) {
      const input = x;
      x = program.block("layer", input, () => this.layer(layer, input))!;
    }
    let outputs: HeadOutputs | undefined;
    program.block("head", x, () => {
      outputs = this.head(x);
      return undefined;
    });
    this.prover.advance();
    const shape = { vocabulary, hidden, layers, heads, kvHeads, headDim, feedForward, maxPositions, endToken };
    return { ops: program.ops, tables: program.tables, blocks: program.blocks, shape, ...outputs! };
  }

  private embedding(): ValueId {
    const { program, matrices } = this;
    const x = program.push({
      kind: "embed",
      table: this.matrix("embedding", matrices.embedding, 2),
    });
    if (matrices.positions === undefined) return x;
    const { data, columns } = matrices.positions;
    const table = {
      kind: "floats" as const,
      rows: this.maxPositions,
      columns,
      data: data.slice(0, this.maxPositions * columns),
    };
    return program.push({ kind: "addPosition", x, table: program.table("positions", table) });
  }

  private layer(layer: number, input: ValueId): ValueId {
    const matrices = this.matrices.layer(layer);
    const mixed = this.attention(layer, matrices, input);
    const x = this.program.push({ kind: "add", x: input, y: this.project(mixed, matrices.o, `layer.${layer}.o`) });
    const hidden = this.feedForward(layer, matrices, x);
    return this.program.push({ kind: "add", x, y: this.project(hidden, matrices.down, `layer.${layer}.down`) });
  }

  private attention(layer: number, matrices: LayerMatrices, x: ValueId): ValueId {
    const { program, architecture, settings } = this;
    const { heads, kvHeads, headDim, normEpsilon, positions } = architecture;
    let y = this.normed(x, matrices.qkv, `layer.${layer}.qkv`);
    const all = heads + 2 * kvHeads;
    const turned = heads + kvHeads;
    if (matrices.headNorms !== undefined) {
      const { scale, digits } = program.quantize(y, 1, all);
      const squares = program.push({ kind: "sumSquares", q: digits[0], groups: all });
      const factor = program.push({
        kind: "normScale",
        squares,
        squaresScale: scale,
        epsilon: Math.fround(headDim * normEpsilon),
        by: { numerator: Math.fround(Math.sqrt(headDim)) },
      });
      const vector = program.table(`layer.${layer}.headNorms`, {
        kind: "floats",
        rows: turned,
        columns: headDim,
        data: matrices.headNorms,
      });
      y = program.push({ kind: "normHeads", x: y, scale: factor, vector });
    }
    if (positions.kind === "rotary") y = program.push({ kind: "rotate", x: y, groups: turned, table: "rotary" });
    const shape = { heads, kvHeads, headDim, window: architecture.windows[layer] ?? null };
    this.prover.advance();
    const { grid, limits } = scoreGrid(this.prover.fact(y), shape, settings);
    const limit = limits === undefined ? undefined : program.vector(`layer.${layer}.limits`, limits);
    const { scale, digits: qkv } = program.quantize(y, settings.attentionDigits, all, limit);
    const { gridBits } = grid;
    const scores = program.push({ kind: "scores", qkv, scale, shape, gridBits });
    const max = program.push({ kind: "scoreMax", scores });
    const exponents = program.push({ kind: "exponent", scores, max, table: this.exponentTable(grid), gridBits });
    const sum = program.push({ kind: "sum", x: exponents });
    const weighed = program.push({ kind: "weigh", exponents, scale, shape });
    const unsigned = settings.attentionDigits === 1;
    const weightScale = program.push({ kind: "rowScale", x: weighed, groups: heads, levels: unsigned ? 255 : 127 });
    const weights: Digits = unsigned
      ? [program.push({ kind: "quantizeUnsigned", x: weighed, scale: weightScale })]
      : this.twoDigits(weighed, weightScale);
    return program.push({ kind: "mix", weights, weightScale, sum, qkv, shape });
  }

  private exponentTable(grid: ExponentGrid): TableName {
    const name = grid === this.settings.exponents[0] ? "exponent" : `exponent.${grid.gridBits}`;
    if (this.program.tables.has(name)) return name;
    return this.program.table(name, { kind: "integers", data: exponentTable(grid) });
  }

  private twoDigits(x: ValueId, scale: ValueId): Digits {
    const high = this.program.push({ kind: "quantize", x, scale });
    return [high, this.program.push({ kind: "quantizeRest", x, scale, high })];
  }

  private feedForward(layer: number, matrices: LayerMatrices, x: ValueId): ValueId {
    const { program, architecture, settings } = this;
    const y = this.normed(x, matrices.gateUp, `layer.${layer}.gateUp`);
    const width = architecture.feedForward;
    const { gridBits } = settings.sigmoid;
    const grid = { width, table: "sigmoid", gridBits } as const;
    const argument =
      architecture.activation === "silu" ? y : program.push({ kind: "cubic", x: y, a: GELU_A, b: GELU_B });
    const sigmoid = program.push({ kind: "sigmoid", x: argument, ...grid });
    return program.push(
      architecture.mlp === "gated" ? { kind: "gate", x: y, sigmoid } : { kind: "activate", x: y, sigmoid },
    );
  }

  private head(x: ValueId): HeadOutputs {
    const { program, matrices } = this;
    const site = matrices.head;
    const { scale, digits } = this.normedDigits(x, site, "head");
    const floats = this.linear(digits, scale, site, "head");
    const logits = program.push({ kind: "integerLogits", x: floats });
    if (matrices.codes === undefined) return { logits, codes: undefined };
    const signs = this.linear(digits, scale, matrices.codes, "codes");
    const codes = program.push({ kind: "signBits", x: signs });
    const { gridBits } = SURPRISE_GRID;
    const table = program.table("surprise", { kind: "integers", data: surpriseTable(SURPRISE_GRID) });
    return { logits, codes, surprise: program.push({ kind: "surprise", logits, table, gridBits }) };
  }

  /** A linear after a root-mean-square norm, the norm's weight folded into the matrix. */
  private normed(x: ValueId, site: Site, name: string): ValueId {
    const { scale, digits } = this.normedDigits(x, site, name);
    return this.adapted(digits, scale, site, name);
  }

  private normedDigits(x: ValueId, site: Site, name: string): { readonly scale: ValueId; readonly digits: Digits } {
    const { program, architecture, settings } = this;
    const y =
      site.channels === undefined
        ? x
        : program.push({ kind: "multiplyChannels", x, vector: program.vector(`${name}.channels`, site.channels) });
    const { scale, digits } = program.quantize(y, settings.activationDigits, 1);
    // Σq² must stay below 2^24; a wider row is squared in coarser steps.
    const levels = Math.min(127, Math.floor(Math.sqrt((2 ** 24 - 1) / architecture.hidden)));
    let squared: { readonly scale: ValueId; readonly digits: Digits } = { scale, digits };
    if (y !== x || levels < 127) {
      const own = program.push({ kind: "rowScale", x, groups: 1, levels });
      squared = { scale: own, digits: [program.push({ kind: "quantize", x, scale: own })] };
    }
    const squares = program.push({ kind: "sumSquares", q: squared.digits[0], groups: 1 });
    const factor = program.push({
      kind: "normScale",
      squares,
      squaresScale: squared.scale,
      epsilon: Math.fround(architecture.hidden * architecture.normEpsilon),
      by: { scale },
    });
    return { scale: factor, digits };
  }

  private project(x: ValueId, site: Site, name: string): ValueId {
    const { scale, digits } = this.program.quantize(x, this.settings.activationDigits, 1);
    return this.adapted(digits, scale, site, name);
  }

  /** A linear, and the adapter's two beside it. */
  private adapted(digits: Digits, scale: ValueId, site: Site, name: string): ValueId {
    const base = this.linear(digits, scale, site, name);
    if (site.adapter === undefined) return base;
    const narrow = this.linear(digits, scale, { matrix: site.adapter.a, bias: site.adapter.bias }, `${name}.a`);
    const inner = this.program.quantize(narrow, this.settings.activationDigits, 1);
    const wide = this.linear(inner.digits, inner.scale, { matrix: site.adapter.b, bias: undefined }, `${name}.b`);
    return this.program.push({ kind: "add", x: base, y: wide });
  }

  private linear(
    q: Digits,
    scale: ValueId,
    { matrix, bias }: { readonly matrix: MatrixSource; readonly bias: Float32Array | undefined },
    name: string,
  ): ValueId {
    const weights = this.matrix(name, matrix, this.settings.weightDigits);
    const op = { kind: "linear" as const, q, scale, weights };
    if (bias === undefined) return this.program.push(op);
    return this.program.push({ ...op, bias: this.program.vector(`${name}.bias`, bias) });
  }

  private matrix(name: TableName, source: MatrixSource, digits: 1 | 2): TableName {
    return this.program.table(name, this.made?.get(name) ?? quantizeMatrix(source, digits, name));
  }
}
