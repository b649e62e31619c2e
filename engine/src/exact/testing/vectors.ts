import type { Op, ValueId } from "../program/Op.js";
import type { Arithmetic, Program, Table } from "../program/Program.js";
import type { RowSource } from "../reference/Kernel.js";
import type { ElementType, Row } from "../reference/Row.js";
import { integerOp } from "./integerOp.js";
import { floatOfHex, rowOfHex } from "./rowHex.js";

/**
 * One operation at one position, with all that it reads and the row that it must make. Rows and tables are hex digits as
 * `rowToHex` writes them, floats that belong to the operation are the 8 digits of their bits.
 */
export interface OpVector {
  readonly name: string;
  /** Of `Op` where it is absent. */
  readonly arithmetic?: "integer";
  readonly kind: Op["kind"];
  readonly position: number;
  /** The operation, with indices of `inputs` where a program has values. */
  readonly op: { readonly [field: string]: unknown };
  readonly inputs: readonly VectorInput[];
  readonly tables: { readonly [name: string]: VectorTable };
  /** Of `embed`. */
  readonly token?: number;
  /** The token after the position, where one follows. */
  readonly following?: number;
  readonly output: { readonly type: ElementType; readonly row: string };
}

/** `rows[i]` is the row at position `from + i`; the last is at the vector's position. */
export interface VectorInput {
  readonly type: ElementType;
  /** Elements of a row; or heads, with an element for each visible key. */
  readonly width: number;
  readonly keyed?: { readonly window: number | null };
  readonly from: number;
  readonly rows: readonly string[];
}

export interface VectorTable {
  readonly kind: Table["kind"];
  /** Of an index its records. */
  readonly rows: number;
  /** Of an index its positions. */
  readonly columns: number;
  /** i8 */
  readonly high?: string;
  /** i8 */
  readonly low?: string;
  /** f32 [rows] */
  readonly scales?: string;
  /** f32 of `floats`, i32 of `integers` */
  readonly data?: string;
  /** i32 [records, positions] */
  readonly entries?: string;
  /** u8 [records, positions, 16] */
  readonly codes?: string;
  /** u8 [vocabulary] */
  readonly thresholds?: string;
}

export interface OpCase {
  readonly name: string;
  /** The operation is the last; those before it only give its inputs their shapes, their rows come from `source`. */
  readonly program: Program;
  readonly op: ValueId;
  readonly position: number;
  /** Values that the operation reads, in the order of the vector's `inputs`. */
  readonly inputs: readonly ValueId[];
  readonly source: RowSource;
  readonly expected: Row;
}

/** The cases of a document of vectors, `test/vectors/exact-ops.json` parsed. */
export function opCases(document: { readonly vectors: readonly OpVector[] }): OpCase[] {
  return document.vectors.map(opCase);
}

export function opCase(vector: OpVector): OpCase {
  const { arithmetic = "float" } = vector;
  const given = new GivenValues(arithmetic);
  for (const [name, table] of Object.entries(vector.tables)) given.tables.set(name, tableOf(table));
  const inputs = vector.inputs.map((input) => given.input(input));
  const op = given.push(operationOf(vector.op, inputs));
  const rows = new Map(inputs.map((value, i) => [value, vector.inputs[i]!]));
  const row = (value: ValueId, position: number) => {
    const input = rows.get(value);
    const hex = input?.rows[position - input.from];
    if (hex === undefined) throw new Error(`${vector.name}: value ${value} is not read at position ${position}`);
    return rowOfHex(input!.type, hex);
  };
  const token = (position: number) => (position === vector.position ? vector.token : vector.following);
  return {
    name: `${vector.kind}${arithmetic === "float" ? "" : " of integers"}: ${vector.name}`,
    program: given.program(op, vector.position),
    op,
    position: vector.position,
    inputs,
    source: { row, token },
    expected: rowOfHex(vector.output.type, vector.output.row),
  };
}

/** Fields of operations that name inputs (where they hold numbers: a table's name is a string), and those that are floats. */
const VALUE_FIELDS =
  "x y q scale high squares squaresScale scores max exponents weights weightScale sum qkv sigmoid".split(" ");
const ATTRIBUTION_FIELDS = "logits codes sums credit before surprise denominator of".split(" ");
const FLOAT_FIELDS = "epsilon numerator a b".split(" ");

function operationOf(fields: OpVector["op"], inputs: readonly ValueId[]): Op {
  const read = (name: string, field: unknown): unknown => {
    if (FLOAT_FIELDS.includes(name)) return floatOfHex(field as string);
    if (name === "by") return operationOf(field as OpVector["op"], inputs);
    if (![...VALUE_FIELDS, ...ATTRIBUTION_FIELDS].includes(name) || typeof field === "string") return field;
    return Array.isArray(field) ? field.map((index) => inputs[index]!) : inputs[field as number]!;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, read(name, field)])) as unknown as Op;
}

function tableOf(table: VectorTable): Table {
  const { rows, columns } = table;
  const bytes = (hex: string) => rowOfHex("i8", hex) as Int8Array;
  switch (table.kind) {
    case "matrix": {
      const low = table.low === undefined ? {} : { low: bytes(table.low) };
      const scales = rowOfHex("f32", table.scales!) as Float32Array;
      return { kind: "matrix", rows, columns, high: bytes(table.high!), ...low, scales };
    }
    case "floats":
      return { kind: "floats", rows, columns, data: rowOfHex("f32", table.data!) as Float32Array };
    case "integers":
      return { kind: "integers", data: rowOfHex("i32", table.data!) as Int32Array };
    case "index": {
      const [records, positions] = [rows, columns];
      const entries = rowOfHex("i32", table.entries!) as Int32Array;
      const [codes, thresholds] = [table.codes!, table.thresholds!].map((hex) => rowOfHex("u8", hex) as Uint8Array);
      return { kind: "index", records, positions, entries, codes: codes!, thresholds: thresholds! };
    }
  }
}

/** Operations whose only purpose is to make values of a given shape. */
class GivenValues {
  readonly tables = new Map<string, Table>();
  private readonly ops: Op[] = [];
  /** Of inputs. */
  private readonly widths = new Map<ValueId, number>();

  constructor(private readonly arithmetic: Arithmetic) {}

  push(op: Op): ValueId {
    return this.ops.push(op) - 1;
  }

  input({ type, width, keyed }: VectorInput): ValueId {
    const value = keyed === undefined ? this.fixed(type, width) : this.keyed(type, width, keyed.window);
    this.widths.set(value, width);
    return value;
  }

  program(logits: ValueId, position: number): Program {
    const last = this.ops[logits]!;
    const columns = [...this.tables.values()].map((table) =>
      table.kind === "matrix" ? table.rows : table.kind === "index" ? table.thresholds.length : 1,
    );
    const read = last.kind === "surprise" ? this.widths.get(last.logits)! : 1;
    return {
      tier: "w8a8",
      arithmetic: this.arithmetic,
      ops: this.ops,
      tables: this.tables,
      blocks: [],
      shape: {
        vocabulary: Math.max(read, ...columns),
        hidden: 1,
        layers: 1,
        heads: 1,
        kvHeads: 1,
        headDim: 1,
        feedForward: 1,
        maxPositions: position + 1,
        endToken: 0,
      },
      logits,
      codes: undefined,
    };
  }

  private fixed(type: ElementType, width: number): ValueId {
    const table = `given.${width}`;
    const [high, scales] = [new Int8Array(width), Float32Array.of(1)];
    this.tables.set(table, { kind: "matrix", rows: 1, columns: width, high, scales });
    const x = this.given({ kind: "embed", table }, { shift: 0 });
    if (type === "f32" || (type === "i32" && this.arithmetic === "integer")) return x;
    const scale = this.given({ kind: "rowScale", x, groups: 1, levels: 127 });
    if (type === "u8") return this.push({ kind: "quantizeUnsigned", x, scale });
    const q = this.push({ kind: "quantize", x, scale });
    return type === "i8" ? q : this.push({ kind: "sumSquares", q, groups: width });
  }

  /** @param shifts of a program in integers */
  private given(op: Op, shifts: { readonly [field: string]: number } = {}): ValueId {
    return this.push(this.arithmetic === "float" ? op : integerOp(op, shifts));
  }

  private keyed(type: ElementType, heads: number, window: number | null): ValueId {
    const shape = { heads, kvHeads: 1, headDim: 1, window };
    const scale = this.fixed(this.arithmetic === "float" ? "f32" : "i32", heads + 2);
    const qkv = [this.fixed("i8", heads + 2)] as const;
    const x = this.given({ kind: "scores", qkv, scale, shape, gridBits: 6 }, { shift: 0, scaleShift: 0 });
    const perHead = this.push({ kind: "scoreMax", scores: x });
    switch (type) {
      case "u16":
        this.tables.set("given.exponent", { kind: "integers", data: Int32Array.of(1) });
        return this.given({ kind: "exponent", scores: x, max: perHead, table: "given.exponent", gridBits: 6 });
      case "u8":
        return this.push({ kind: "quantizeUnsigned", x, scale: perHead });
      case "i8":
        return this.push({ kind: "quantize", x, scale: perHead });
      default:
        return x;
    }
  }
}
