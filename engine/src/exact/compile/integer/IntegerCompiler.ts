/**
 * A model in integers. Every row has a unit, what 1 counts in it: rows that are added have one unit, all others are as fine as
 * what is proven of them lets them be, since each is quantised by its own greatest magnitude. Units of an input, norms' constants
 * and levels of digits are folded into the multipliers of the next matrix, so that only powers of two are shifted by.
 */
import { rotaryFrequencies } from "../../../model/rotary.js";
import {
  DIGIT_LEVELS,
  type IntegerKind,
  type IntegerOp,
  PAIR_LEVELS,
  ROTARY_BITS,
  UNSIGNED_LEVELS,
} from "../../program/IntegerOp.js";
import type { AttentionShape, Digits, TableName, ValueId } from "../../program/Op.js";
import type { Table } from "../../program/Program.js";
import { exponentTable, geluTable, rotaryTable, sigmoidTable } from "../../program/tables.js";
import type { ExponentGrid } from "../../program/tiers.js";
import { greatestOf } from "../../prove/Fact.js";
import { mixReach, scoreReach } from "../../prove/integer/attentionRules.js";
import { type LinearReach, linearReach } from "../../prove/integer/linearRule.js";
import {
  type Affine,
  type CompilerInputs,
  ModelCompiler,
  type Output,
  type Placed,
  type Quantised,
} from "../ModelCompiler.js";
import { ceilLog2, floorLog2 } from "../powerOfTwo.js";
import { quantizeMatrix } from "../quantizeMatrix.js";
import { MULTIPLIER_BITS, multipliersOf } from "./multipliersOf.js";
import { FACTOR_BITS, headNorm, normSquares, PRODUCT_BITS, rootBitsOf } from "./normShifts.js";
import { scalesOfRows } from "./scalesOfRows.js";
import { finestUnit, type HeadUnits, ROW_BITS, unitsOfHeads } from "./units.js";

/** Integer logits count 2^-12 nats. */
const LOGIT_UNIT = 2 ** -12;

type Matrix = Extract<Table, { kind: "matrix" }>;

/** Multipliers of rows are as fine as their sums leave room for: rows may differ a thousandfold. */
const LINEAR_BITS = 20;

/** A linear whose shifts depend on the unit of its outputs. */
interface Prepared extends Affine {
  readonly from: Quantised;
  readonly name: TableName;
  readonly table: Matrix;
  readonly reach: LinearReach;
  /** `[outputs]`: what one step of the digits' sums counts, times their scale. */
  readonly counts: Float64Array;
  /** `[outputs]`: |y_n| at most. */
  readonly most: Float64Array;
}

export class IntegerCompiler extends ModelCompiler {
  /** Of rows that have one unit, but those of the residual stream. */
  private readonly units = new Map<ValueId, number>();
  private readonly headUnits = new Map<ValueId, HeadUnits>();
  /** What a scale counts for digits in steps of it, one of 127 to the greatest. */
  private readonly steps = new Map<ValueId, number>();
  private readonly residualUnit: number;

  /** @param residualBits of fractions in the residual stream */
  constructor(inputs: CompilerInputs, residualBits: number) {
    super("integer", inputs);
    this.residualUnit = 2 ** -residualBits;
  }

  /** Greatest magnitude that a number of the residual stream may have. */
  residualMost(): number {
    const streams = this.program.blocks.flatMap(({ output }) => (output === undefined ? [] : [output]));
    return Math.max(...streams.map((stream) => greatestOf(this.mostOf(stream))));
  }

  protected commonTables(): void {
    const { architecture, settings, maxPositions } = this.inputs;
    const functionTable = architecture.activation === "silu" ? sigmoidTable : geluTable;
    this.program.table("sigmoid", { kind: "integers", data: functionTable(settings.sigmoid) });
    if (architecture.positions.kind !== "rotary") return;
    const angles = rotaryTable(rotaryFrequencies(architecture), maxPositions);
    const data = angles.map((angle) => Math.round(angle * 2 ** ROTARY_BITS));
    this.program.table("rotary", { kind: "floats", rows: maxPositions, columns: architecture.headDim, data });
  }

  protected embedding(): ValueId {
    const { matrices, maxPositions } = this.inputs;
    const matrix = quantizeMatrix(matrices.embedding, 2, "embedding");
    const { data: scales, bits } = multipliersOf(scalesOfRows(matrix).map((scale) => scale / 128 / this.residualUnit));
    const embedding = this.matrix("embedding", { ...matrix, scales });
    const x = this.push({ kind: "embed", table: embedding, shift: bits });
    if (matrices.positions === undefined) return x;
    const { data, columns } = matrices.positions;
    const rows = data.subarray(0, maxPositions * columns);
    const positions = this.program.table("positions", {
      kind: "floats",
      rows: maxPositions,
      columns,
      data: rows.map((offset) => Math.round(offset / this.residualUnit)),
    });
    return this.push({ kind: "addPosition", x, table: positions });
  }

  // Norms

  protected normedDigits(x: ValueId, channels: Float32Array | undefined, name: string): Quantised {
    const { architecture, settings } = this.inputs;
    const y = channels === undefined ? x : this.balanced(x, channels, name);
    const { scale, digits } = this.quantized(y, settings.activationDigits, 1);
    const squared = y === x ? { scale, digits } : this.quantized(x, 1, 1);
    const squares = normSquares(architecture.hidden, architecture.normEpsilon, this.residualUnit);
    // How much larger the digits' scale may be than that of the squares.
    const [before, after] = [this.mostOf(x), this.mostOf(y)];
    const ratio = after.reduce((most, element, i) => Math.max(most, element / Math.max(1, before[i]!)), 1);
    const rootBits = rootBitsOf(squares, greatestOf(this.mostOf(scale)), ratio);
    const factor = this.push({
      kind: "normScale",
      squares: this.program.push({ kind: "sumSquares", q: squared.digits[0], groups: 1 }),
      squaresScale: squared.scale,
      by: { scale },
      rootBits,
      ...squares,
    });
    const unit = y === x ? this.residualUnit : this.units.get(y)!;
    this.steps.set(factor, (unit / this.residualUnit) * 2 ** (squares.squareBits / 2 - rootBits));
    return { scale: factor, digits };
  }

  /** A residual row times its channels' factors, as they are over the least of them where that is not too large for a number. */
  private balanced(x: ValueId, channels: Float32Array, name: string): ValueId {
    const least = floorLog2(channels.reduce((least, factor) => Math.min(least, factor)));
    const factors = channels.map((factor) => factor * 2 ** -least);
    const largest = greatestOf(this.mostOf(x).map((most, i) => most * factors[i]!));
    const shift = Math.max(0, ceilLog2(largest) - FACTOR_BITS);
    const y = this.push({
      kind: "multiplyChannels",
      x,
      vector: this.program.vector(`${name}.channels`, factors),
      shift,
    });
    this.units.set(y, this.residualUnit * 2 ** (least + shift));
    return y;
  }

  protected normedHeads(y: ValueId, vectors: Float32Array, name: string): ValueId {
    const { heads, kvHeads, headDim, normEpsilon } = this.inputs.architecture;
    const all = heads + 2 * kvHeads;
    const { values } = this.headUnits.get(y)!;
    const { scale, digits } = this.quantized(y, 1, all);
    const squares = normSquares(headDim, normEpsilon, values);
    const { numerator, rootBits, shift, unit } = headNorm(squares, headDim);
    const factor = this.push({
      kind: "normScale",
      squares: this.program.push({ kind: "sumSquares", q: digits[0], groups: all }),
      squaresScale: scale,
      by: { numerator },
      rootBits,
      ...squares,
    });

    // A normed element is √D at most.
    const most = Float64Array.from(vectors, (weight) => Math.abs(weight) * Math.sqrt(headDim));
    const units = unitsOfHeads(most, headDim, (n) => (n < heads * headDim ? "queries" : "keys"));
    const unitOf = (n: number) => (n < heads * headDim ? units.queries : units.keys);
    const { data, bits } = multipliersOf(Float64Array.from(vectors, (weight, n) => (weight * unit) / unitOf(n)));
    const vector = this.program.table(name, { kind: "floats", rows: heads + kvHeads, columns: headDim, data });
    const normed = this.push({ kind: "normHeads", x: y, scale: factor, vector, shift, vectorShift: bits });
    this.headUnits.set(normed, { ...units, values });
    return normed;
  }

  protected override rotated(y: ValueId): ValueId {
    const turned = super.rotated(y);
    this.headUnits.set(turned, this.headUnits.get(y)!);
    return turned;
  }

  // Linears

  protected quantized(x: ValueId, count: 1 | 2, groups: number): Quantised {
    const scale = this.push({ kind: "rowScale", x, groups, levels: 1 });
    const unit = this.units.get(x);
    if (unit !== undefined) this.steps.set(scale, unit / DIGIT_LEVELS);
    return { scale, digits: this.digits(x, scale, count) };
  }

  private digits(x: ValueId, scale: ValueId, count: 1 | 2): Digits {
    const high = this.program.push({ kind: "quantize", x, scale });
    return count === 1 ? [high] : [high, this.program.push({ kind: "quantizeRest", x, scale, high })];
  }

  protected adapted({ from, site, name }: Placed, output: Output): ValueId {
    const base = this.prepared(from, site, name);
    if (site.adapter === undefined) return this.linear([base], output)[0]!;
    const { a, b, bias } = site.adapter;
    const [narrow] = this.linear([this.prepared(from, { matrix: a, bias }, `${name}.a`)], "hidden");
    const inner = this.quantized(narrow!, this.inputs.settings.activationDigits, 1);
    const wide = this.prepared(inner, { matrix: b, bias: undefined }, `${name}.b`);
    const [x, y] = this.linear([base, wide], output);
    const sum = this.program.push({ kind: "add", x: x!, y: y! });
    for (const units of [this.units, this.headUnits] as Map<ValueId, unknown>[]) {
      if (units.has(x!)) units.set(sum, units.get(x!));
    }
    return sum;
  }

  private prepared(from: Quantised, { matrix, bias }: Affine, name: string): Prepared {
    const table = quantizeMatrix(matrix, this.inputs.settings.weightDigits, name);
    this.prover.advance();
    const reach = linearReach({ q: from.digits, scale: from.scale }, table, this.prover);
    // Of more than one pair of digits, sums count 128ths.
    const parts = from.digits.length * (table.low === undefined ? 1 : 2) === 1 ? 1 : 128;
    const counts = scalesOfRows(table).map((scale) => (scale * this.steps.get(from.scale)!) / parts);
    const most = counts.map((count, n) => count * reach.products[n]! + Math.abs(bias?.[n] ?? 0));
    return { from, matrix, bias, name, table, reach, counts, most };
  }

  /** Linears whose outputs are of one unit, which holds their sum. */
  private linear(parts: readonly Prepared[], output: Output): ValueId[] {
    const most = parts[0]!.most.map((_, n) => parts.reduce((sum, part) => sum + part.most[n]!, 0));
    const unitOf = this.outputUnits(most, output);
    return parts.map((part) => {
      const made = this.pushLinear(part, unitOf.of);
      if (unitOf.heads === undefined) this.units.set(made, unitOf.of(0));
      else this.headUnits.set(made, unitOf.heads);
      return made;
    });
  }

  private pushLinear({ from, name, table, reach, counts, bias }: Prepared, unitOf: (n: number) => number): ValueId {
    const width = Math.min(LINEAR_BITS, PRODUCT_BITS - ceilLog2(greatestOf(reach.sums)));
    const factors = counts.map((count, n) => count / unitOf(n));
    const { data: scales, bits } = multipliersOf(factors, Math.max(width, MULTIPLIER_BITS));
    const largest = reach.products.reduce((most, product, n) => Math.max(most, product * scales[n]!), reach.scale);
    const shift = Math.max(0, ceilLog2(largest) - PRODUCT_BITS);
    const weights = this.matrix(name, { ...table, scales });
    const op = { kind: "linear" as const, q: from.digits, scale: from.scale, weights, shift, scaleShift: bits - shift };
    if (bias === undefined) return this.push(op);
    const offsets = bias.map((offset, n) => Math.round(offset / unitOf(n)));
    return this.push({ ...op, bias: this.program.vector(`${name}.bias`, offsets) });
  }

  /** @param most `[outputs]`, |y_n| at most */
  private outputUnits(
    most: Float64Array,
    output: Output,
  ): { readonly of: (n: number) => number; readonly heads: HeadUnits | undefined } {
    const { heads: queryHeads, kvHeads, headDim, qkNorm } = this.inputs.architecture;
    if (output === "heads") {
      const [queries, keys] = [queryHeads * headDim, (queryHeads + kvHeads) * headDim];
      const kindOf = (n: number) => (n < queries && !qkNorm ? "queries" : n < keys ? "keys" : "values");
      const heads = unitsOfHeads(most, headDim, kindOf);
      return { of: (n) => heads[kindOf(n)], heads };
    }
    const fixed = { residual: this.residualUnit, logits: LOGIT_UNIT, hidden: undefined, signs: undefined };
    const unit = fixed[output] ?? finestUnit(greatestOf(most));
    return { of: () => unit, heads: undefined };
  }

  // Attention

  protected attended(y: ValueId, shape: AttentionShape): ValueId {
    const { settings } = this.inputs;
    const { heads, kvHeads } = shape;
    const units = this.headUnits.get(y)!;
    const { scale, digits: qkv } = this.quantized(y, settings.attentionDigits, heads + 2 * kvHeads);
    this.prover.advance();
    const { products, scales } = scoreReach({ qkv, scale, shape }, this.prover);
    // What a joined sum times both scales counts, in nats: a power of two.
    const levels = qkv.length === 1 ? DIGIT_LEVELS ** 2 : PAIR_LEVELS * DIGIT_LEVELS;
    const count = (units.queries * units.keys) / levels;
    const reach = greatestOf(products);
    const finest = settings.exponents.find(({ gridBits }) => reach * count * 2 ** gridBits < 2 ** FACTOR_BITS);
    const grid = finest ?? settings.exponents.at(-1)!;
    const shift = Math.max(0, ceilLog2(Math.max(reach, greatestOf(scales))) - PRODUCT_BITS);
    const scaleShift = -floorLog2(count * 2 ** grid.gridBits * 2 ** shift * (1 + 2 ** -20));
    const scores = this.push({ kind: "scores", qkv, scale, shape, gridBits: 0, shift, scaleShift });
    const max = this.push({ kind: "scoreMax", scores });
    const table = this.exponentTable(grid);
    const exponents = this.push({ kind: "exponent", scores, max, table, gridBits: 0 });
    const sum = this.push({ kind: "sum", x: exponents });
    return this.mixed({ qkv, scale, exponents, sum, shape, unit: units.values });
  }

  private mixed({ qkv, scale, exponents, sum, shape, unit }: Mixing): ValueId {
    const largest = greatestOf(this.mostOf(exponents)) * greatestOf(this.mostOf(scale));
    const weighShift = Math.max(0, ceilLog2(largest) - FACTOR_BITS);
    const x = this.push({ kind: "weigh", exponents, scale, shape, shift: weighShift });
    const weightScale = this.push({ kind: "rowScale", x, groups: shape.heads, levels: 1 });
    const unsigned = qkv.length === 1;
    const weights: Digits = unsigned
      ? [this.program.push({ kind: "quantizeUnsigned", x, scale: weightScale })]
      : this.digits(x, weightScale, 2);
    this.prover.advance();
    const op = { kind: "mix" as const, weights, weightScale, sum, qkv, shape };
    const { products, factor } = mixReach(op, 0, this.prover);
    const scales = greatestOf(this.mostOf(weightScale));
    const sumBits = PRODUCT_BITS - ceilLog2(Math.max(greatestOf(products), factor, scales));
    const shift = Math.max(0, ceilLog2(greatestOf(products)) + sumBits - ROW_BITS);
    const y = this.push({ ...op, sumBits, shift });
    // Σ e·v/z, of weights of so many levels over e·m ≫ weighShift and digits of so many over v/m; joined sums count 2^7.
    const levels = unsigned ? UNSIGNED_LEVELS * DIGIT_LEVELS : PAIR_LEVELS ** 2 / 2 ** 7;
    this.units.set(y, (unit / levels) * 2 ** (weighShift + shift - sumBits));
    return y;
  }

  private exponentTable(grid: ExponentGrid): TableName {
    const name = `exponent.${grid.gridBits}`;
    if (this.program.tables.has(name)) return name;
    return this.program.table(name, { kind: "integers", data: exponentTable(grid) });
  }

  // Activations

  protected activated(y: ValueId): ValueId {
    const { architecture, settings } = this.inputs;
    const { feedForward: width } = architecture;
    const unit = this.units.get(y)!;
    const shift = -floorLog2(unit) - settings.sigmoid.gridBits;
    const sigmoid = this.push({ kind: "sigmoid", x: y, width, table: "sigmoid", gridBits: 0, shift });
    const most = this.mostOf(y);
    const { levels } = settings.sigmoid;
    if (architecture.mlp !== "gated") {
      const down = Math.max(0, ceilLog2(greatestOf(most) * levels) - ROW_BITS);
      const z = this.push({ kind: "activate", x: y, sigmoid, shift: down });
      this.units.set(z, unit * 2 ** down);
      return z;
    }
    const gates = most.subarray(0, width).map((gate) => gate * levels);
    const products = greatestOf(gates.map((gate, i) => gate * most[width + i]!));
    const gateShift = Math.max(0, ceilLog2(products) - PRODUCT_BITS);
    const upShift = Math.max(0, ceilLog2(products) - gateShift - ROW_BITS);
    const z = this.push({ kind: "gate", x: y, sigmoid, shift: gateShift, upShift });
    this.units.set(z, unit ** 2 * 2 ** (gateShift + upShift));
    return z;
  }

  /** An adapter moves units of the base's rows by powers of two at most, which leaves digits and multipliers as they are. */
  private matrix(name: TableName, matrix: Matrix): TableName {
    const made = this.inputs.made?.get(name);
    const isSame = made?.kind === "matrix" && made.scales.every((scale, n) => scale === matrix.scales[n]);
    return this.program.table(name, isSame ? made : matrix);
  }

  // Operations

  private push<K extends IntegerKind>(op: IntegerOp<K>): ValueId {
    return this.program.push(op);
  }

  private mostOf(value: ValueId): Float64Array {
    this.prover.advance();
    return this.prover.fact(value).most;
  }
}

interface Mixing {
  readonly qkv: Digits;
  readonly scale: ValueId;
  readonly exponents: ValueId;
  readonly sum: ValueId;
  readonly shape: AttentionShape;
  /** Of values. */
  readonly unit: number;
}
