/**
 * State of a lowering: the graph under construction and, for every value of the program, the tensors that carry it.
 *
 * A run is over B sequences of T positions each, R = B · T rows, one below the other. A row may lie in several tensors,
 * each a segment of its elements, so that what is used apart is never cut or joined. Layouts, for a segment of `groups`
 * groups (heads): rows of numbers `[R, width]`; scales, sums and other numbers of groups `[R · groups]`; codes
 * `[R · groups, width / groups]` in the element type of their form. What has an element a key: see `AttentionOperands`.
 * Numbers are f32, or f64 in a program of integers.
 */
import type { GraphBuilder, Value } from "../../onnx/graph.js";
import { type Dim, type Shape, sameShape } from "../../onnx/shape.js";
import type { TableName, ValueId } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";
import { type RowReader, rowReaderOf } from "../program/RowReader.js";
import type { CodeForm } from "./codes/CodeForm.js";
import { cast } from "./codes/cast.js";
import { DigitColumns } from "./codes/DigitColumns.js";
import type { GridForm } from "./emitGrid.js";

export const ROWS = "R";

/** How an arithmetic that a device may do in several ways is done. */
export interface DeviceForms {
  readonly codes: CodeForm;
  readonly grids: GridForm;
}

/** Elements `from` (inclusive) to `to` (exclusive) of a row. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly value: Value;
}

export class Lowering {
  private readonly rows = new Map<ValueId, readonly Segment[]>();
  private readonly shared = new Map<string, Value>();
  private readonly reshaped = new Map<Value, Value>();
  /** Digits of weights, as graphs multiply them. */
  readonly columns: DigitColumns;
  /** Which rows are at work: all, or those whose logits are wanted. */
  private scope: "all" | "wanted" = "all";

  constructor(
    readonly graph: GraphBuilder,
    readonly program: Program,
    readonly forms: DeviceForms,
    /** Whether a table is fed on every run (an adapter's) instead of being a constant of the file. */
    readonly isFed: (table: TableName) => boolean,
    reader: RowReader = rowReaderOf(program),
  ) {
    this.columns = new DigitColumns(reader);
  }

  segments(id: ValueId): readonly Segment[] {
    const segments = this.rows.get(id);
    if (segments === undefined) throw new Error(`value ${id} is used before it is made`);
    return segments;
  }

  /** A value that lies in one tensor. */
  whole(id: ValueId): Value {
    const segments = this.segments(id);
    if (segments.length !== 1) throw new Error(`value ${id} lies in ${segments.length} tensors`);
    return segments[0]!.value;
  }

  /** The segment that is exactly these elements. */
  part(id: ValueId, from: number, to: number): Value {
    const found = this.segments(id).find((segment) => segment.from === from && segment.to === to);
    if (found === undefined) throw new Error(`value ${id} has no segment ${from} to ${to}`);
    return found.value;
  }

  set(id: ValueId, segments: readonly Segment[]): void {
    this.rows.set(id, segments);
  }

  setWhole(id: ValueId, width: number, value: Value): void {
    this.rows.set(id, [{ from: 0, to: width, value }]);
  }

  /** Emits the same for each segment of a value. */
  map(id: ValueId, of: ValueId, emit: (segment: Segment) => Value): void {
    this.set(
      id,
      this.segments(of).map((segment) => ({ ...segment, value: emit(segment) })),
    );
  }

  /** A reshape, where there is anything to do: every node costs as much as moving a thousand numbers. */
  reshape(x: Value, shape: Shape): Value {
    return this.reshaping(x, shape, (source) => this.graph.reshape(source, shape));
  }

  /** A reshape to a shape with several named extents: the shape itself is fed, as `shape.<name>`. */
  reshapeTo(name: string, x: Value, shape: Shape): Value {
    const target = this.once(`shape.${name}`, () => this.graph.input(`shape.${name}`, "int64", [shape.length]));
    return this.reshaping(x, shape, (source) => this.graph.custom("Reshape", [source, target], source.type, shape));
  }

  /** What was only reshaped is reshaped from where it came, so that chains are one node. */
  private reshaping(x: Value, shape: Shape, make: (source: Value) => Value): Value {
    const source = this.reshaped.get(x) ?? x;
    if (sameShape(source.shape, shape)) return source;
    if (sameShape(x.shape, shape)) return x;
    return this.once(`reshape.${source.name}.${shape.join(",")}`, () => {
      const made = make(source);
      this.reshaped.set(made, source);
      return made;
    });
  }

  once(key: string, make: () => Value): Value {
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.shared.set(key, made);
    return made;
  }

  /** Numbers that are fed in binary32, in the type that the graph computes in. */
  fed(name: string, shape: Shape): Value {
    return this.once(name, () => cast(this, this.graph.input(name, "float32", shape), this.graph.float));
  }

  matrix(name: TableName): Extract<Table, { kind: "matrix" }> {
    const table = this.program.tables.get(name);
    if (table?.kind !== "matrix") throw new Error(`table ${name} is no matrix`);
    return table;
  }

  floats(name: TableName): Extract<Table, { kind: "floats" }> {
    const table = this.program.tables.get(name);
    if (table?.kind !== "floats") throw new Error(`table ${name} holds no floats`);
    return table;
  }

  integers(name: TableName): Int32Array {
    const table = this.program.tables.get(name);
    if (table?.kind !== "integers") throw new Error(`table ${name} holds no integers`);
    return table.data;
  }

  /** A one-row table of floats, or elements `from` to `to` of it, as a constant or as what is fed. */
  vector(name: TableName, from = 0, to?: number): Value {
    const end = to ?? this.floats(name).data.length;
    const suffix = from === 0 && to === undefined ? "" : `.${from}.${end}`;
    return this.once(`${name}${suffix}`, () =>
      this.isFed(name)
        ? this.fed(`${name}${suffix}`, [end - from])
        : this.graph.constant(`${name}${suffix}`, this.floats(name).data.slice(from, end), [end - from]),
    );
  }

  /** Zero points 128, one a row of codes: QuantizeLinear wants as many as scales. Fed as `zero_points.<scope>.<groups>`. */
  zeroPoints(groups: number): Value {
    const name = `zero_points.${this.scope}.${groups}`;
    return this.once(name, () => this.graph.input(name, "uint8", [rowsOf(groups)]));
  }

  /** From here on rows are those whose logits are wanted. */
  enterHead(): void {
    this.scope = "wanted";
  }
}

/** The extent R · groups, by name. */
export function rowsOf(groups: number): Dim {
  return groups === 1 ? ROWS : `${ROWS}*${groups}`;
}
