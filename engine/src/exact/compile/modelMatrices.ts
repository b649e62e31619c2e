/**
 * What the compiler quantises, from a model's tensors, with everything folded in that costs nothing there: norm weights
 * and √d, the 1/√D of attention, the levels of grids, powers of two that balance channels, the centring that turns
 * LayerNorm into RMSNorm, and the factor alpha/r of adapters.
 */
import { type Adapter, adapterScale } from "../../model/adapter.js";
import type { Architecture } from "../../model/architecture.js";
import { ModelError } from "../../model/errors.js";
import type { Model } from "../../model/model-folder.js";
import { loraName, type Projection, projectionName, projectionShape } from "../../model/parameters.js";
import { ExactError } from "../errors.js";
import type { TierSettings } from "../program/tiers.js";
import { balanceExponents, isUnbalanced } from "./channelScales.js";
import {
  blockDiagonal,
  centreRows,
  columnMaxima,
  type MatrixSource,
  rowNorms,
  scaleColumns,
  scaleRows,
  stackRows,
  tensorSource,
} from "./MatrixSource.js";

/** A linear with what stands before it: channel factors (powers of two) and an adapter. */
export interface Site {
  readonly matrix: MatrixSource;
  readonly bias: Float32Array | undefined;
  readonly channels?: Float32Array | undefined;
  readonly adapter?:
    | { readonly a: MatrixSource; readonly bias: Float32Array | undefined; readonly b: MatrixSource }
    | undefined;
}

export interface LayerMatrices {
  readonly qkv: Site;
  readonly o: Site;
  readonly gateUp: Site;
  readonly down: Site;
  /** Norm weights of query and key heads `[heads + kvHeads, headDim]`, 1/√D in the queries'. */
  readonly headNorms: Float32Array | undefined;
}

export interface ModelMatrices {
  readonly embedding: MatrixSource;
  readonly positions: { readonly data: Float32Array; readonly columns: number } | undefined;
  layer(layer: number): LayerMatrices;
  readonly head: Site;
  readonly codes: Site | undefined;
}

interface CodeOptions {
  readonly mean: Float32Array;
  readonly projection: Float32Array;
}

export function modelMatrices(
  model: Model,
  adapter: Adapter | undefined,
  settings: TierSettings,
  codes: CodeOptions | undefined,
): ModelMatrices {
  return new Folding(model, adapter, settings, codes);
}

/** The norm before a linear: its weight and, for LayerNorm, its bias. */
interface Norm {
  readonly weight: Float64Array;
  readonly bias: Float32Array | undefined;
}

/** A linear after a norm, before folding. */
interface NormedLinear {
  readonly norm: Norm;
  readonly parts: readonly MatrixSource[];
  readonly biases?: readonly Float32Array[] | undefined;
  readonly adapts?: { readonly layer: number; readonly projections: readonly Projection[] };
  /** Constant factor of an output row. */
  readonly rowFactor?: (n: number) => number;
  /** Factors that are already fixed by another linear of the same input; chosen here if absent. */
  readonly channels?: Float32Array | "none";
}

class Folding implements ModelMatrices {
  readonly embedding: MatrixSource;
  readonly positions: ModelMatrices["positions"];
  private readonly architecture: Architecture;
  private readonly rootWidth: number;
  /** `[hidden]`, an estimate of each residual channel's mean square, grown layer by layer. */
  private readonly residualSquares: Float64Array;

  constructor(
    private readonly model: Model,
    private readonly adapter: Adapter | undefined,
    private readonly settings: TierSettings,
    private readonly codeOptions: CodeOptions | undefined,
  ) {
    const { architecture } = model;
    const { vocabulary, hidden } = architecture;
    this.architecture = architecture;
    this.rootWidth = Math.sqrt(hidden);
    const table = tensorSource(this.tensor("model.embed_tokens.weight"), vocabulary, hidden);
    this.embedding = architecture.norm === "layer" ? centreEachRow(table) : table;
    this.positions =
      architecture.positions.kind === "learned"
        ? { data: centredRows(this.tensor("model.position_embedding.weight"), hidden), columns: hidden }
        : undefined;
    this.residualSquares = columnMeanSquares(this.embedding);
  }

  layer(layer: number): LayerMatrices {
    const { architecture } = this;
    const { heads, headDim, feedForward, hidden, mlp, biases, qkNorm } = architecture;
    const prefix = `model.layers.${layer}`;
    const perHead = 1 / Math.sqrt(headDim);

    const attentionNorm = this.norm(`${prefix}.input_layernorm`);
    const qkvRow = (n: number): number => (n < heads * headDim && !qkNorm ? perHead : 1);
    const qkv = this.normedSite({
      norm: attentionNorm,
      parts: [this.projection(layer, "q"), this.projection(layer, "k"), this.projection(layer, "v")],
      biases: biases.qkv ? ["q", "k", "v"].map((p) => this.tensor(`${prefix}.self_attn.${p}_proj.bias`)) : undefined,
      adapts: { layer, projections: ["q", "k", "v"] },
      rowFactor: qkvRow,
    });
    const headNorms = qkNorm ? this.headNorms(prefix, perHead) : undefined;

    const o = this.plainSite(layer, "o", biases.o ? this.tensor(`${prefix}.self_attn.o_proj.bias`) : undefined, 1);
    this.grow(o.matrix);

    const gated = mlp === "gated";
    const names: readonly Projection[] = gated ? ["gate", "up"] : ["up"];
    const mlpBias = (p: string): Float32Array => this.tensor(`${prefix}.mlp.${p}_proj.bias`);
    const feedNorm = this.norm(`${prefix}.post_attention_layernorm`);
    const balance = gated ? this.hiddenBalance(layer, feedNorm) : new Float64Array(feedForward).fill(1);
    const gateUp = this.normedSite({
      norm: feedNorm,
      parts: names.map((p) => this.projection(layer, p)),
      biases: biases.mlp ? names.map(mlpBias) : undefined,
      adapts: { layer, projections: names },
      rowFactor: (n) => (gated && n >= feedForward ? balance[n - feedForward]! : 1),
    });
    const down = this.plainSite(
      layer,
      "down",
      biases.mlp ? mlpBias("down") : undefined,
      1 / this.settings.sigmoid.levels,
      balance.map((factor) => 1 / factor),
    );
    this.grow(down.matrix);
    if (hidden !== down.matrix.rows)
      throw new ExactError("weights_unusable", `layer ${layer}: down is not [hidden, …]`);
    return { qkv, o, gateUp, down, headNorms };
  }

  get head(): Site {
    const { vocabulary, hidden, head } = this.architecture;
    const name = head === "tied" ? "model.embed_tokens.weight" : "lm_head.weight";
    const matrix = tensorSource(this.tensor(name), vocabulary, hidden);
    return this.normedSite({ norm: this.norm("model.norm"), parts: [matrix] });
  }

  get codes(): Site | undefined {
    if (this.codeOptions === undefined) return undefined;
    const { mean, projection } = this.codeOptions;
    const { hidden } = this.architecture;
    const rows = projection.length / hidden;
    const offsets = Float32Array.from({ length: rows }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < hidden; j++) sum += projection[k * hidden + j]! * mean[j]!;
      return -sum;
    });
    const matrix = tensorSource(projection, rows, hidden);
    const { channels } = this.head;
    return this.normedSite({
      norm: this.norm("model.norm"),
      parts: [matrix],
      biases: [offsets],
      channels: channels ?? "none",
    });
  }

  // Sites

  private normedSite({ norm, parts, biases, adapts, rowFactor = () => 1, channels }: NormedLinear): Site {
    const stacked = stackRows(parts);
    const folded = scaleColumns(stacked, norm.weight);
    const chosen = channels === "none" ? undefined : (channels ?? this.channelFactors(folded));
    const inverse = chosen === undefined ? undefined : Float64Array.from(chosen, (factor) => 1 / factor);
    const fit = (source: MatrixSource): MatrixSource =>
      inverse === undefined ? source : scaleColumns(source, inverse);
    return {
      matrix: scaleRows(fit(folded), (n) => rowFactor(n) * this.rootWidth),
      bias: this.normedBias(stacked, norm, biases, rowFactor),
      channels: chosen,
      adapter: adapts === undefined ? undefined : this.adapterOf(adapts, norm, fit, rowFactor),
    };
  }

  private plainSite(
    layer: number,
    projection: "o" | "down",
    bias: Float32Array | undefined,
    factor: number,
    columns?: Float64Array,
  ): Site {
    const centre = (source: MatrixSource): MatrixSource =>
      this.architecture.norm === "layer" ? centreRows(source) : source;
    const fit = (source: MatrixSource): MatrixSource =>
      columns === undefined ? source : scaleColumns(source, columns);
    const matrix = scaleRows(fit(centre(this.projection(layer, projection))), () => factor);
    const lora = this.factors(layer, projection);
    const adapter =
      lora === undefined ? undefined : { a: scaleRows(fit(lora.a), () => factor), bias: undefined, b: centre(lora.b) };
    const centred = bias === undefined || this.architecture.norm === "rms" ? bias : centredRows(bias, bias.length);
    return { matrix, bias: centred, adapter };
  }

  /** Bias of a linear after LayerNorm: its own, and its weights times the norm's. */
  private normedBias(
    source: MatrixSource,
    norm: Norm,
    biases: readonly Float32Array[] | undefined,
    rowFactor: (n: number) => number,
  ): Float32Array | undefined {
    if (biases === undefined && norm.bias === undefined) return undefined;
    const own = biases === undefined ? undefined : joined(biases);
    const row = new Float64Array(source.columns);
    return Float32Array.from({ length: source.rows }, (_, n) => {
      let sum = own?.[n] ?? 0;
      if (norm.bias !== undefined) {
        source.fill(n, row);
        for (let k = 0; k < row.length; k++) sum += row[k]! * norm.bias[k]!;
      }
      return sum * rowFactor(n);
    });
  }

  private adapterOf(
    { layer, projections }: { readonly layer: number; readonly projections: readonly Projection[] },
    norm: Norm,
    fit: (source: MatrixSource) => MatrixSource,
    rowFactor: (n: number) => number,
  ): Site["adapter"] {
    const found = projections.map((projection) => ({ projection, lora: this.factors(layer, projection) }));
    if (found.every(({ lora }) => lora === undefined)) return undefined;
    const narrow = stackRows(found.flatMap(({ lora }) => (lora === undefined ? [] : [lora.a])));
    const wide = blockDiagonal(
      found.map(({ projection, lora }) => lora?.b ?? emptySource(projectionShape(this.architecture, projection)[0])),
    );
    return {
      a: scaleRows(fit(scaleColumns(narrow, norm.weight)), () => this.rootWidth),
      bias: this.normedBias(narrow, norm, undefined, () => 1),
      b: scaleRows(wide, rowFactor),
    };
  }

  // Parts

  private tensor(name: string): Float32Array {
    const data = this.model.weights.get(name);
    if (data === undefined)
      throw new ModelError("weights_missing", `weight ${name} is needed by the architecture and was not given`);
    return data;
  }

  private projection(layer: number, projection: Projection): MatrixSource {
    const [rows, columns] = projectionShape(this.architecture, projection);
    return tensorSource(this.tensor(projectionName(layer, projection)), rows, columns);
  }

  private factors(layer: number, projection: Projection): { a: MatrixSource; b: MatrixSource } | undefined {
    const { adapter } = this;
    const a = adapter?.factors.get(loraName(layer, projection, "a"));
    const b = adapter?.factors.get(loraName(layer, projection, "b"));
    if (adapter === undefined || a === undefined || b === undefined) return undefined;
    const [rows, columns] = projectionShape(this.architecture, projection);
    const rank = a.length / columns;
    return {
      a: tensorSource(a, rank, columns),
      b: scaleRows(tensorSource(b, rows, rank), () => adapterScale(adapter)),
    };
  }

  private norm(name: string): Norm {
    const weight = Float64Array.from(this.tensor(`${name}.weight`));
    return { weight, bias: this.architecture.norm === "layer" ? this.tensor(`${name}.bias`) : undefined };
  }

  private headNorms(prefix: string, perHead: number): Float32Array {
    const { heads, kvHeads, headDim } = this.architecture;
    const q = this.tensor(`${prefix}.self_attn.q_norm.weight`);
    const k = this.tensor(`${prefix}.self_attn.k_norm.weight`);
    return Float32Array.from({ length: (heads + kvHeads) * headDim }, (_, i) =>
      i < heads * headDim ? q[i % headDim]! * perHead : k[i % headDim]!,
    );
  }

  /** Powers of two `[feedForward]` that up's rows are multiplied by and down's columns divided by. */
  private hiddenBalance(layer: number, norm: Norm): Float64Array {
    const gate = rowNorms(scaleColumns(this.projection(layer, "gate"), norm.weight));
    const up = rowNorms(scaleColumns(this.projection(layer, "up"), norm.weight));
    const exponents = balanceExponents(
      columnMaxima(this.projection(layer, "down")),
      gate.map((g, j) => g * up[j]!),
    );
    return Float64Array.from(exponents, (exponent) => 2 ** exponent);
  }

  private channelFactors(folded: MatrixSource): Float32Array | undefined {
    const exponents = balanceExponents(columnMaxima(folded), this.residualSquares.map(Math.sqrt));
    return isUnbalanced(exponents) ? Float32Array.from(exponents, (exponent) => 2 ** exponent) : undefined;
  }

  private grow(writer: MatrixSource): void {
    const norms = rowNorms(writer);
    for (let i = 0; i < norms.length; i++) this.residualSquares[i]! += norms[i]! ** 2;
  }
}

function emptySource(rows: number): MatrixSource {
  return { rows, columns: 0, fill() {}, factor: () => 1 };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function centredRows(data: Float32Array, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += columns) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += data[at + k]!;
    for (let k = 0; k < columns; k++) out[at + k] = data[at + k]! - sum / columns;
  }
  return out;
}

function centreEachRow(source: MatrixSource): MatrixSource {
  return {
    ...source,
    fill(n, out) {
      source.fill(n, out);
      let sum = 0;
      for (const value of out) sum += value;
      for (let k = 0; k < out.length; k++) out[k]! -= sum / out.length;
    },
  };
}

function columnMeanSquares(source: MatrixSource): Float64Array {
  const squares = new Float64Array(source.columns);
  const row = new Float64Array(source.columns);
  for (let n = 0; n < source.rows; n++) {
    source.fill(n, row);
    for (let k = 0; k < row.length; k++) squares[k]! += row[k]! ** 2;
  }
  return squares.map((square) => square / source.rows);
}
