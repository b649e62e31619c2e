/**
 * State of a lowering: the graph under construction and, for every value of the program, the tensors that carry it.
 *
 * Rows are flattened: R = sequences × positions. A row may lie in several tensors, each a segment of its elements, so
 * that what is used apart is never cut or joined. Layouts by type: f32 rows `[R, width]`; scales, sums and other numbers
 * of groups `[R · groups]`; codes as uint8 with zero point 128 `[R · groups, width / groups]`, which the product kernels
 * of processors take fastest.
 */
import type { GraphBuilder, Value } from "../../onnx/graph.js";
import { type Dim, type Shape, sameShape } from "../../onnx/shape.js";
import type { TableName, ValueId } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";

export const ROWS = "R";
const ZERO_POINT = 128;

/** `pass`: the rows are positions of one sequence. `step`: they are one position each of several sequences. */
export type RunForm = "pass" | "step";

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
  /** Which rows are at work: all, or those whose logits are wanted. */
  private scope: "zero_points" | "head_zero_points" = "zero_points";

  constructor(
    readonly graph: GraphBuilder,
    readonly program: Program,
    readonly form: RunForm,
    /** Whether a table is fed on every run (an adapter's) instead of being a constant of the file. */
    readonly isFed: (table: TableName) => boolean,
  ) {}

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

  /** Exactly these elements; a value that lies in one tensor is cut. */
  part(id: ValueId, from: number, to: number): Value {
    const segments = this.segments(id);
    const found = segments.find((segment) => segment.from === from && segment.to === to);
    if (found !== undefined) return found.value;
    const all = segments.length === 1 ? segments[0] : undefined;
    if (all === undefined || to > all.to) throw new Error(`value ${id} has no segment ${from} to ${to}`);
    const ends = [from, to, all.to].filter((end, i, list) => end > 0 && end !== list[i - 1]);
    const sizes = ends.map((end, i) => end - (ends[i - 1] ?? 0));
    const parts = this.graph.customMany(
      "Split",
      [all.value, this.graph.integers(sizes)],
      sizes.map((size) => ({ type: all.value.type, shape: [ROWS, size] })),
      { attributes: { axis: 1 } },
    );
    this.set(
      id,
      parts.map((value, i) => ({ from: ends[i - 1] ?? 0, to: ends[i]!, value })),
    );
    return this.part(id, from, to);
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
    // What was only reshaped is reshaped from where it came, so that chains are one node.
    const source = this.reshaped.get(x) ?? x;
    if (sameShape(source.shape, shape)) return source;
    if (sameShape(x.shape, shape)) return x;
    return this.once(`reshape.${source.name}.${shape.join(",")}`, () => {
      const made = this.graph.reshape(source, shape);
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

  /** Zero points 128, one a row of codes: QuantizeLinear wants as many as scales. */
  zeroPoints(groups: number): Value {
    const name = `${this.scope}.${groups}`;
    return this.once(name, () => this.graph.input(name, "uint8", [rowsOf(groups)]));
  }

  /** From here on rows are those whose logits are wanted. */
  enterHead(): void {
    this.scope = "head_zero_points";
  }

  zeroPoint(): Value {
    return this.once("zero_point", () => this.graph.constant("zero_point", Uint8Array.of(ZERO_POINT), []));
  }

  one(): Value {
    return this.once("one", () => this.graph.constant("one", Float32Array.of(1), []));
  }
}

/** The extent R · groups, by name. */
export function rowsOf(groups: number): Dim {
  return groups === 1 ? ROWS : `${ROWS}*${groups}`;
}
