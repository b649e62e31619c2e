import { ROTARY_BITS } from "../program/IntegerOp.js";
import type { AttentionShape, Digits, Op, TableName, ValueId } from "../program/Op.js";
import type { Arithmetic, Program, Table } from "../program/Program.js";
import { integerOp } from "./integerOp.js";
import { randomSource } from "./random.js";

export interface TinySettings {
  readonly seed: number;
  /** Digits of activations, of weights, and of queries, keys, values and attention weights. */
  readonly digits: 1 | 2;
  readonly weightDigits: 1 | 2;
  readonly attentionDigits: 1 | 2;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly maxPositions: number;
  readonly window: number | null;
  readonly mlp: "gated" | "plain";
  readonly biases: "none" | "all";
  readonly headNorms: "none" | "all";
  readonly positions: "rotary" | "learned";
  readonly layers: number;
  /** `base` has codes of 128 bits and surprise, `indexed` two indexes of a few records too. */
  readonly attribution: "none" | "base" | "indexed";
  readonly arithmetic: Arithmetic;
}

export const TINY: TinySettings = {
  seed: 1,
  digits: 1,
  weightDigits: 1,
  attentionDigits: 1,
  hidden: 8,
  heads: 2,
  kvHeads: 1,
  headDim: 4,
  feedForward: 12,
  vocabulary: 11,
  maxPositions: 64,
  window: null,
  mlp: "gated",
  biases: "none",
  headNorms: "none",
  positions: "rotary",
  layers: 1,
  attribution: "none",
  arithmetic: "float",
};

/** A program written by hand, of random tables: every kind of operation appears under some settings. */
export function tinyProgram(changes: Partial<TinySettings> = {}): Program {
  return new TinyBuilder({ ...TINY, ...changes }).build();
}

const GRID_BITS = 6;

/** Of residuals and whatever else is an integer, in integers. */
const UNIT_BITS = 12;
/** Of integers: squares of a norm, and 2^ROOT_BITS over their root. */
const SQUARE_BITS = 16;
const ROOT_BITS = 36;
const CHANNEL_BITS = 2;

class TinyBuilder {
  private readonly ops: Op[] = [];
  private readonly tables = new Map<TableName, Table>();
  private readonly random: () => number;

  constructor(private readonly settings: TinySettings) {
    this.random = randomSource(settings.seed);
  }

  build(): Program {
    const { hidden, vocabulary, layers, headDim, maxPositions } = this.settings;
    this.matrix("embedding", vocabulary, hidden, 2, 2 ** -5);
    this.floats("positions", maxPositions, hidden, 0.25);
    this.floats("channels", 1, hidden, 0, () => 2 ** Math.floor(this.random() * 4 - 2), CHANNEL_BITS);
    this.floats(
      "rotary",
      maxPositions,
      headDim,
      0,
      (i) => {
        const angle = Math.floor(i / headDim) / 3 ** (i % (headDim / 2));
        return i % headDim < headDim / 2 ? Math.cos(angle) : Math.sin(angle);
      },
      ROTARY_BITS,
    );
    this.integers("exponents", 426, (t) => Math.round(956 * Math.exp(-t / 2 ** GRID_BITS)));
    this.integers("sigmoids", 1001, (t) => Math.round(1017 / (1 + Math.exp((500 - t) / 2 ** GRID_BITS))));

    const blocks: Program["blocks"][number][] = [];
    let x = this.push({ kind: "embed", table: "embedding" }, { shift: 14 });
    if (this.settings.positions === "learned") x = this.push({ kind: "addPosition", x, table: "positions" });
    blocks.push({ kind: "embedding", from: 0, to: this.ops.length, input: undefined, output: x });
    for (let layer = 0; layer < layers; layer++) {
      const input = x;
      const from = this.ops.length;
      x = this.layer(`layer.${layer}`, input);
      blocks.push({ kind: "layer", from, to: this.ops.length, input, output: x });
    }
    const from = this.ops.length;
    const normed = this.normed(x);
    const logits = this.push({ kind: "integerLogits", x: this.linear("head", normed, vocabulary) });
    const { attribution } = this.settings;
    const bits = attribution === "none" ? 16 : 128;
    const codes = this.push({ kind: "signBits", x: this.linear("codes", normed, bits) });
    const surprise = attribution === "none" ? undefined : this.surprise(logits);
    blocks.push({ kind: "head", from, to: this.ops.length, input: x, output: undefined });
    if (surprise !== undefined && attribution === "indexed") blocks.push(this.indexes(codes, surprise));
    const { arithmetic, ...sizes } = this.settings;
    const shape = { ...sizes, endToken: 0 };
    const outputs = { logits, codes, ...(surprise === undefined ? {} : { surprise }) };
    return { tier: "w8a8", arithmetic, ops: this.ops, tables: this.tables, blocks, shape, ...outputs };
  }

  private surprise(logits: ValueId): ValueId {
    this.integers("surprise", 555, (t) => Math.round((2 ** 24 - 1) * Math.exp(-t / 2 ** 5)));
    return this.push({ kind: "surprise", logits, table: "surprise", gridBits: 5 });
  }

  private indexes(codes: ValueId, surprise: ValueId): Program["blocks"][number] {
    const from = this.ops.length;
    this.index("index.0", 5, 7);
    this.index("index.1", 3, 70);
    const first = this.push({ kind: "similarity", codes, index: "index.0" });
    const second = this.push({ kind: "similarity", codes, index: "index.1" });
    const alone = this.credits(first, second, surprise);
    const continuities = [first, second].map((sums, i) => this.push({ kind: "continuity", sums, credit: alone[i]! }));
    for (const of of [surprise, ...this.credits(continuities[0]!, continuities[1]!, surprise)]) {
      this.push({ kind: "windowSum", of: this.push({ kind: "windowSum", of, stride: 1 }), stride: 8 });
    }
    return { kind: "attribution", from, to: this.ops.length, input: undefined, output: undefined };
  }

  private credits(first: ValueId, second: ValueId, surprise: ValueId): ValueId[] {
    const before = this.push({ kind: "denominator", sums: first });
    const denominator = this.push({ kind: "denominator", sums: second, before });
    return [first, second].map((sums) => this.push({ kind: "credit", sums, surprise, denominator }));
  }

  private layer(name: string, input: ValueId): ValueId {
    const { hidden, feedForward, mlp } = this.settings;
    const x = this.push({ kind: "add", x: input, y: this.attention(name, this.normed(input)) });
    const width = mlp === "gated" ? 2 * feedForward : feedForward;
    const up = this.linear(`${name}.up`, this.normed(x), width);
    const argument =
      mlp === "gated" || this.isInteger
        ? up
        : this.push({ kind: "cubic", x: up, a: Math.fround(0.07), b: Math.fround(1.6) });
    const table = { width: feedForward, table: "sigmoids", gridBits: GRID_BITS };
    const sigmoid = this.push({ kind: "sigmoid", x: argument, ...table }, { shift: UNIT_BITS - GRID_BITS });
    const active =
      mlp === "gated"
        ? this.push({ kind: "gate", x: up, sigmoid }, { shift: 10, upShift: UNIT_BITS })
        : this.push({ kind: "activate", x: up, sigmoid }, { shift: 10 });
    const down = this.linear(`${name}.down`, this.quantized(active, 1, this.settings.digits), hidden, 2 ** -20);
    return this.push({ kind: "add", x, y: down });
  }

  private attention(name: string, normed: Quantized): ValueId {
    const { hidden, heads, kvHeads, headDim, window, attentionDigits } = this.settings;
    const shape: AttentionShape = { heads, kvHeads, headDim, window };
    const all = heads + 2 * kvHeads;
    let y = this.linear(`${name}.qkv`, normed, all * headDim);
    if (this.settings.headNorms === "all") {
      const { scale, digits } = this.quantized(y, all, 1);
      const squares = this.push({ kind: "sumSquares", q: digits[0], groups: all });
      const by = { numerator: this.isInteger ? 2 ** 14 : Math.fround(Math.sqrt(headDim)) };
      const factor = this.normScale({ squares, squaresScale: scale, epsilon: headDim * 1e-5, by });
      this.floats(`${name}.headNorms`, heads + kvHeads, headDim, 2);
      const normed = { kind: "normHeads", x: y, scale: factor, vector: `${name}.headNorms` } as const;
      y = this.push(normed, { shift: 20, vectorShift: UNIT_BITS });
    }
    if (this.settings.positions === "rotary") {
      y = this.push({ kind: "rotate", x: y, groups: heads + kvHeads, table: "rotary" });
    }
    const wide = attentionDigits === 1 ? 0 : 7;
    if (!this.isInteger) this.floats(`${name}.limits`, 1, all, 0, () => 20);
    const limit = this.isInteger ? undefined : `${name}.limits`;
    const { scale, digits: qkv } = this.quantized(y, all, attentionDigits, limit);
    const scores = this.push(
      { kind: "scores", qkv, scale, shape, gridBits: GRID_BITS },
      { shift: 8 + wide, scaleShift: 26 },
    );
    const max = this.push({ kind: "scoreMax", scores });
    const exponents = this.push({ kind: "exponent", scores, max, table: "exponents", gridBits: GRID_BITS });
    const sum = this.push({ kind: "sum", x: exponents });
    const weighed = this.push({ kind: "weigh", exponents, scale, shape }, { shift: 2 });
    const weights = this.weights(weighed);
    const mixed = this.push(
      { kind: "mix", weights: weights.digits, weightScale: weights.scale, sum, qkv, shape },
      { sumBits: 14, shift: 27 + wide },
    );
    return this.linear(`${name}.o`, this.quantized(mixed, 1, this.settings.digits), hidden);
  }

  private weights(x: ValueId): Quantized {
    const { heads, attentionDigits } = this.settings;
    if (attentionDigits === 2) return this.quantized(x, heads, 2);
    const scale = this.push({ kind: "rowScale", x, groups: heads, levels: 255 });
    return { scale, digits: [this.push({ kind: "quantizeUnsigned", x, scale })] };
  }

  /** Digits of x in its channels' scales, with the factor of its norm for a scale. */
  private normed(x: ValueId): Quantized {
    const levels = Math.min(127, Math.floor(Math.sqrt((2 ** 24 - 1) / this.settings.hidden)));
    const squaresScale = this.push({ kind: "rowScale", x, groups: 1, levels });
    const q = this.push({ kind: "quantize", x, scale: squaresScale });
    const squares = this.push({ kind: "sumSquares", q, groups: 1 });
    const scaled = this.push({ kind: "multiplyChannels", x, vector: "channels" }, { shift: CHANNEL_BITS });
    const { scale, digits } = this.quantized(scaled, 1, this.settings.digits);
    const epsilon = this.settings.hidden * 1e-5;
    return { digits, scale: this.normScale({ squares, squaresScale, epsilon, by: { scale } }) };
  }

  private normScale(of: Omit<Extract<Op, { kind: "normScale" }>, "kind">): ValueId {
    const steps = this.isInteger ? (127 * 2 ** UNIT_BITS) ** 2 * 2 ** SQUARE_BITS : 1;
    const epsilon = Math.fround(of.epsilon * steps);
    return this.push({ kind: "normScale", ...of, epsilon }, { squareBits: SQUARE_BITS, rootBits: ROOT_BITS });
  }

  private quantized(x: ValueId, groups: number, digits: 1 | 2, limit?: TableName): Quantized {
    const limited = limit === undefined ? {} : { limit };
    const scale = this.push({ kind: "rowScale", x, groups, levels: 127, ...limited });
    const high = this.push({ kind: "quantize", x, scale });
    return { scale, digits: digits === 1 ? [high] : [high, this.push({ kind: "quantizeRest", x, scale, high })] };
  }

  private linear(name: string, { digits, scale }: Quantized, rows: number, size = 2 ** -5): ValueId {
    const [q] = digits;
    const columns = this.width(q);
    this.matrix(name, rows, columns, this.settings.weightDigits, size);
    const wide = digits.length === 2 || this.settings.weightDigits === 2 ? 7 : 0;
    const scaleShift = this.ops[scale]!.kind === "normScale" ? 25 : 20;
    const shifts = { shift: 10 + wide, scaleShift };
    if (this.settings.biases === "none") return this.push({ kind: "linear", q: digits, scale, weights: name }, shifts);
    this.floats(`${name}.bias`, 1, rows, 0.5);
    return this.push({ kind: "linear", q: digits, scale, weights: name, bias: `${name}.bias` }, shifts);
  }

  private width(value: ValueId): number {
    const { hidden, heads, headDim, feedForward } = this.settings;
    const op = this.ops[value]!;
    if (op.kind !== "quantize") throw new Error(`value ${value} is ${op.kind}, not digits`);
    const source = this.ops[op.x]!.kind;
    if (source === "mix") return heads * headDim;
    return source === "gate" || source === "activate" ? feedForward : hidden;
  }

  private get isInteger(): boolean {
    return this.settings.arithmetic === "integer";
  }

  /** @param shifts of a program in integers */
  private push(op: Op, shifts: { readonly [field: string]: number } = {}): ValueId {
    return this.ops.push(this.isInteger ? integerOp(op, shifts) : op) - 1;
  }

  private matrix(name: TableName, rows: number, columns: number, digits: 1 | 2, scale: number): void {
    const fill = (most: number) =>
      Int8Array.from({ length: rows * columns }, () => Math.round((2 * this.random() - 1) * most));
    const size = this.isInteger ? 2 ** 14 : scale;
    const scales = Float32Array.from({ length: rows }, () => size * (0.5 + this.random()));
    if (this.isInteger) scales.set(scales.map(Math.round));
    const high = fill(127);
    this.tables.set(name, { kind: "matrix", rows, columns, high, scales, ...(digits === 2 ? { low: fill(64) } : {}) });
  }

  /** Codes of no meaning, every second one with a positive product with any other, of some of the first and last tokens. */
  private index(name: TableName, records: number, positions: number): void {
    const { vocabulary } = this.settings;
    const below = (limit: number) => Math.floor(limit * this.random());
    const token = () =>
      this.random() < 0.5 ? below(Math.min(11, vocabulary)) : vocabulary - 1 - below(Math.min(2, vocabulary));
    const entries = Int32Array.from({ length: records * positions }, () => 128 * token() + below(128));
    const codes = Uint8Array.from({ length: records * positions * 16 }, () => below(256));
    const thresholds = Uint8Array.from({ length: vocabulary }, () => below(12));
    this.tables.set(name, { kind: "index", records, positions, entries, codes, thresholds });
  }

  /** @param bits Of an integer's fraction, in a program of integers */
  private floats(
    name: TableName,
    rows: number,
    columns: number,
    size: number,
    of?: (i: number) => number,
    bits = UNIT_BITS,
  ): void {
    const value = of ?? (() => (2 * this.random() - 1) * size);
    const held = (x: number): number => (this.isInteger ? Math.round(x * 2 ** bits) : x);
    const data = Float32Array.from({ length: rows * columns }, (_, i) => held(value(i)));
    this.tables.set(name, { kind: "floats", rows, columns, data });
  }

  private integers(name: TableName, length: number, of: (t: number) => number): void {
    this.tables.set(name, { kind: "integers", data: Int32Array.from({ length }, (_, t) => of(t)) });
  }
}

interface Quantized {
  readonly scale: ValueId;
  readonly digits: Digits;
}
