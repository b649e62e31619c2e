import { rotaryFrequencies } from "../../model/rotary.js";
import type { AttentionShape, Digits, TableName, ValueId } from "../program/Op.js";
import { exponentTable, GELU_A, GELU_B, rotaryTable, sigmoidTable } from "../program/tables.js";
import type { ExponentGrid } from "../program/tiers.js";
import type { MatrixSource } from "./MatrixSource.js";
import { type Affine, type CompilerInputs, ModelCompiler, type Placed, type Quantised } from "./ModelCompiler.js";
import { quantizeMatrix } from "./quantizeMatrix.js";
import { scoreGrid } from "./scoreGrid.js";

/** A model in binary32. */
export class FloatCompiler extends ModelCompiler {
  constructor(inputs: CompilerInputs) {
    super("float", inputs);
  }

  protected commonTables(): void {
    const { architecture, settings, maxPositions } = this.inputs;
    this.program.table("sigmoid", { kind: "integers", data: sigmoidTable(settings.sigmoid) });
    if (architecture.positions.kind !== "rotary") return;
    const data = rotaryTable(rotaryFrequencies(architecture), maxPositions);
    this.program.table("rotary", { kind: "floats", rows: maxPositions, columns: architecture.headDim, data });
  }

  protected embedding(): ValueId {
    const { program } = this;
    const { matrices, maxPositions } = this.inputs;
    const x = program.push({ kind: "embed", table: this.matrix("embedding", matrices.embedding, 2) });
    if (matrices.positions === undefined) return x;
    const { data, columns } = matrices.positions;
    const rows = data.slice(0, maxPositions * columns);
    const table = { kind: "floats" as const, rows: maxPositions, columns, data: rows };
    return program.push({ kind: "addPosition", x, table: program.table("positions", table) });
  }

  protected normedDigits(x: ValueId, channels: Float32Array | undefined, name: string): Quantised {
    const { program } = this;
    const { architecture, settings } = this.inputs;
    const y =
      channels === undefined
        ? x
        : program.push({ kind: "multiplyChannels", x, vector: program.vector(`${name}.channels`, channels) });
    const { scale, digits } = this.quantized(y, settings.activationDigits, 1);
    // Σq² must stay below 2^24; a wider row is squared in coarser steps.
    const levels = Math.min(127, Math.floor(Math.sqrt((2 ** 24 - 1) / architecture.hidden)));
    let squared: Quantised = { scale, digits };
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

  protected quantized(x: ValueId, count: 1 | 2, groups: number, limit?: TableName): Quantised {
    return this.program.quantize(x, count, groups, limit);
  }

  protected adapted({ from, site, name }: Placed): ValueId {
    const base = this.linear(from, site, name);
    if (site.adapter === undefined) return base;
    const narrow = this.linear(from, { matrix: site.adapter.a, bias: site.adapter.bias }, `${name}.a`);
    const inner = this.quantized(narrow, this.inputs.settings.activationDigits, 1);
    const wide = this.linear(inner, { matrix: site.adapter.b, bias: undefined }, `${name}.b`);
    return this.program.push({ kind: "add", x: base, y: wide });
  }

  private linear({ digits: q, scale }: Quantised, { matrix, bias }: Affine, name: string): ValueId {
    const weights = this.matrix(name, matrix, this.inputs.settings.weightDigits);
    const op = { kind: "linear" as const, q, scale, weights };
    if (bias === undefined) return this.program.push(op);
    return this.program.push({ ...op, bias: this.program.vector(`${name}.bias`, bias) });
  }

  private matrix(name: TableName, source: MatrixSource, digits: 1 | 2): TableName {
    return this.program.table(name, this.inputs.made?.get(name) ?? quantizeMatrix(source, digits, name));
  }

  protected normedHeads(y: ValueId, vectors: Float32Array, name: string): ValueId {
    const { program } = this;
    const { heads, kvHeads, headDim, normEpsilon } = this.inputs.architecture;
    const all = heads + 2 * kvHeads;
    const { scale, digits } = this.quantized(y, 1, all);
    const squares = program.push({ kind: "sumSquares", q: digits[0], groups: all });
    const factor = program.push({
      kind: "normScale",
      squares,
      squaresScale: scale,
      epsilon: Math.fround(headDim * normEpsilon),
      by: { numerator: Math.fround(Math.sqrt(headDim)) },
    });
    const table = { kind: "floats" as const, rows: heads + kvHeads, columns: headDim, data: vectors };
    return program.push({ kind: "normHeads", x: y, scale: factor, vector: program.table(name, table) });
  }

  protected attended(y: ValueId, shape: AttentionShape, name: string): ValueId {
    const { program } = this;
    const { settings } = this.inputs;
    const { heads, kvHeads } = shape;
    this.prover.advance();
    const { grid, limits } = scoreGrid(this.prover.fact(y), shape, settings);
    const limit = limits === undefined ? undefined : program.vector(`${name}.limits`, limits);
    const { scale, digits: qkv } = this.quantized(y, settings.attentionDigits, heads + 2 * kvHeads, limit);
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
    const name = grid === this.inputs.settings.exponents[0] ? "exponent" : `exponent.${grid.gridBits}`;
    if (this.program.tables.has(name)) return name;
    return this.program.table(name, { kind: "integers", data: exponentTable(grid) });
  }

  private twoDigits(x: ValueId, scale: ValueId): Digits {
    const high = this.program.push({ kind: "quantize", x, scale });
    return [high, this.program.push({ kind: "quantizeRest", x, scale, high })];
  }

  protected activated(y: ValueId): ValueId {
    const { program } = this;
    const { architecture, settings } = this.inputs;
    const grid = { width: architecture.feedForward, table: "sigmoid", gridBits: settings.sigmoid.gridBits } as const;
    const argument =
      architecture.activation === "silu"
        ? y
        : program.push({ kind: "cubic", x: y, a: Math.fround(GELU_A), b: Math.fround(GELU_B) });
    const sigmoid = program.push({ kind: "sigmoid", x: argument, ...grid });
    return program.push(
      architecture.mlp === "gated" ? { kind: "gate", x: y, sigmoid } : { kind: "activate", x: y, sigmoid },
    );
  }
}
