/**
 * One operation alone as a graph, emitted by what emits whole programs, and what to feed it: a vector of extremes in the
 * layouts of a lowering. Several equal rows, or sequences, so that the kernels that a device takes for one and for many
 * are both tried. Earlier positions are fed as past; where there are none, one that the mask hides.
 */
import { Tensor } from "onnxruntime-node";
import { elementTypeOf } from "../../onnx/element-type.js";
import type { Value } from "../../onnx/graph.js";
import type { Dim } from "../../onnx/shape.js";
import { digitNames, maskName } from "../lower/AttentionOperands.js";
import type { Side } from "../lower/codes/CodeForm.js";
import { type DeviceForms, ROWS, rowsOf, type Segment } from "../lower/Lowering.js";
import { OpEmitter } from "../lower/OpEmitter.js";
import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { newRow, type Row } from "../reference/Row.js";
import { shapesOf, visibleKeys } from "../reference/shapes.js";
import { angleFeeds, maskTensor, shapeFeeds, zeroPointFeeds, zeroPoints } from "../run/feeds.js";
import type { RowBatch } from "../run/RowBatch.js";
import type { OpCase } from "../testing/vectors.js";
import { caseProgram, type HeadOp, isHeadOp } from "./caseProgram.js";
import { layoutOf } from "./opLayout.js";

type Fed = Record<string, Tensor>;
type Fedable = Float32Array | Float64Array | Int8Array | Uint8Array;

/** In the place of a key that is none. */
const HIDDEN = { score: { float: -(2 ** 30), integer: -(2 ** 40) }, weight: 0 } as const;

export class OpGraph {
  private readonly program: Program;
  private readonly op: Op;
  private readonly emitter: OpEmitter;
  private readonly feeds: Fed = {};
  /** Earlier visible positions, and the place kept for one where there are none. */
  private readonly past: number;
  private readonly hidden: number;

  constructor(
    private readonly of: OpCase,
    private readonly forms: DeviceForms,
    private readonly copies: number,
  ) {
    this.op = of.program.ops[of.op]!;
    this.program = caseProgram(of.program, this.op);
    this.emitter = new OpEmitter(this.op.kind, this.program, forms);
    const { op } = this;
    this.past = isHeadOp(op) ? of.position - visibleKeys(op.shape.window, of.position).from : 0;
    this.hidden = isHeadOp(op) && this.past === 0 ? 1 : 0;
  }

  build(): { readonly graph: Uint8Array; readonly feeds: Readonly<Fed> } {
    const { emitter, op, of, copies } = this;
    for (const input of new Set(of.inputs)) this.feedInput(input);
    emitter.emit(of.op);
    emitter.lowering.segments(of.op).forEach(({ value }, i) => {
      emitter.graph.output(`result.${i}`, value);
    });
    for (const { length } of groupCounts(this.program, op))
      this.feeds[`zero_points.all.${length}`] = zeroPoints(copies * length);
    Object.assign(this.feeds, angleFeeds(this.program, new Array<number>(copies).fill(of.position)));
    if (isHeadOp(op)) this.feedPast(op);
    else this.feedKeyShapes();
    return { graph: emitter.graph.build(), feeds: this.feeds };
  }

  /** The result of each copy. */
  read(outputs: Readonly<Record<string, Tensor>>): Row[] {
    const { of, copies, hidden } = this;
    const shape = shapesOf(of.program)[of.op]!;
    const parts = Object.keys(outputs)
      .sort()
      .map((name) => outputs[name]!.data as Fedable);
    const skip = shape.keyed ? hidden : 0;
    return Array.from({ length: copies }, (_, copy) => {
      const found: number[] = [];
      for (const data of parts) {
        const length = data.length / copies;
        const shift = shape.type === "i8" && data instanceof Uint8Array ? 128 : 0;
        for (const element of data.subarray(copy * length, (copy + 1) * length)) found.push(element - shift);
      }
      const keys = shape.keyed ? found.length / shape.heads : found.length;
      const visible = found.filter((_, i) => i % keys >= skip);
      if (shape.type !== "f32" && !visible.every(Number.isInteger)) {
        // Rows of integers would cut fractions off: what is none is no number here.
        return Float32Array.from(visible, (element) => (Number.isInteger(element) ? element : Number.NaN));
      }
      const row = newRow(shape.type, of.expected.length);
      row.set(visible);
      return row;
    });
  }

  // Inputs at the operation's own position

  private feedInput(id: ValueId): void {
    const { op, copies, program, of } = this;
    const { lowering } = this.emitter;
    const row = of.source.row(id, of.position);
    const layout = layoutOf(program, op, id);
    const [kvHeads, groups] = this.lead();
    switch (layout.as) {
      case "rows":
        lowering.set(
          id,
          this.segments(
            id,
            row,
            layout.ends,
            (n) => [ROWS, n],
            (n) => [copies, n],
          ),
        );
        return;
      case "groups":
        lowering.set(
          id,
          this.segments(
            id,
            row,
            layout.ends,
            (n) => [rowsOf(n)],
            (n) => [copies * n],
          ),
        );
        return;
      case "codes": {
        const width = (n: number, i: number): number => n / layout.groups[i]!;
        const shape = (n: number, i: number): Dim[] => [rowsOf(layout.groups[i]!), width(n, i)];
        const dims = (n: number, i: number): number[] => [copies * layout.groups[i]!, width(n, i)];
        lowering.set(id, this.segments(id, row, layout.ends, shape, dims, layout.sides));
        return;
      }
      case "keys": {
        const filler = "scores" in op && op.scores === id ? HIDDEN.score[this.program.arithmetic] : HIDDEN.weight;
        const data = this.numbers(this.withHidden(row, kvHeads * groups, filler));
        const keys = data.length / (kvHeads * groups);
        this.feedWhole(id, data, ["B", kvHeads, "M", "P+T"], [copies, kvHeads, groups, keys]);
        return;
      }
      case "heads": {
        const last = layout.rank === 4 ? [1] : [];
        this.feedWhole(id, this.numbers(row), ["B", kvHeads, "M", ...last], [copies, kvHeads, groups, ...last]);
        return;
      }
      case "weights": {
        const digits = this.withHidden(row, kvHeads * groups, HIDDEN.weight);
        const codes = layout.sign === "signed" ? this.codes(digits, "left") : this.unsigned(digits);
        const rows = kvHeads * groups;
        this.feedWhole(id, codes, ["B*K*M", "P+T"], [copies * rows, codes.length / rows]);
        return;
      }
    }
  }

  private segments(
    id: ValueId,
    row: Row,
    ends: readonly number[],
    shape: (length: number, i: number) => readonly Dim[],
    dims: (length: number, i: number) => readonly number[],
    sides?: readonly Side[],
  ): Segment[] {
    const whole = row.length / ends.at(-1)!;
    return ends.map((to, i) => {
      const from = ends[i - 1] ?? 0;
      const part = row.subarray(from * whole, to * whole);
      const data = sides === undefined ? this.numbers(part) : this.codes(part, sides[i]!);
      return { from, to, value: this.input(`input.${id}.${i}`, data, shape(to - from, i), dims(to - from, i)) };
    });
  }

  /** Numbers as the graph computes with. */
  private numbers(row: ArrayLike<number>): Float32Array | Float64Array {
    return this.program.arithmetic === "float" ? Float32Array.from(row) : Float64Array.from(row);
  }

  private feedWhole(id: ValueId, data: Fedable, shape: readonly Dim[], dims: readonly number[]): void {
    this.emitter.lowering.setWhole(id, 0, this.input(`input.${id}`, data, shape, dims));
  }

  private input(name: string, data: Fedable, shape: readonly Dim[], dims: readonly number[]): Value {
    const all = repeated(data, this.copies);
    const type = elementTypeOf(all);
    this.feeds[name] = new Tensor(type, all as never, [...dims]);
    return this.emitter.graph.input(name, type, shape);
  }

  /** A row of heads with the place of the hidden key before each head's. */
  private withHidden(row: Row, heads: number, filler: number): number[] {
    const keys = row.length / heads;
    return Array.from({ length: heads }, (_, head) => [
      ...new Array<number>(this.hidden).fill(filler),
      ...row.subarray(head * keys, (head + 1) * keys),
    ]).flat();
  }

  private codes(digits: ArrayLike<number>, side: Side): Fedable {
    const { name } = this.forms.codes;
    if (name === "f32") return Float32Array.from(digits);
    if (side === "right" && name === "u8s8") return Int8Array.from(digits);
    return Uint8Array.from(digits, (digit) => digit + 128);
  }

  private unsigned(codes: ArrayLike<number>): Fedable {
    return this.forms.codes.name === "f32" ? Float32Array.from(codes) : Uint8Array.from(codes);
  }

  /** Key heads, and query heads of each; of what has no attention shape, one and all. */
  private lead(): readonly [number, number] {
    const { op, program, of } = this;
    if (isHeadOp(op)) return [op.shape.kvHeads, op.shape.heads / op.shape.kvHeads];
    const keyed = of.inputs.map((input) => shapesOf(program)[input]!).find((shape) => shape.keyed);
    return [1, keyed?.keyed === true ? keyed.heads : 1];
  }

  // Earlier positions and shapes

  private feedPast(op: HeadOp): void {
    const { copies, of, past, hidden } = this;
    const { heads, kvHeads, headDim, window } = op.shape;
    const capacity = past + hidden;
    const batch: RowBatch = { count: copies, length: 1, filled: new Array<number>(copies).fill(past), capacity };
    const from = of.position - past;
    const rows = (id: ValueId): Row[] => Array.from({ length: past }, (_, i) => of.source.row(id, from + i));
    const dims = (...last: number[]): number[] => [copies, kvHeads, ...last];
    const fill = (
      name: string,
      type: "int8" | "uint8" | "float32",
      shape: readonly number[],
      element: (head: number, i: number) => number,
    ): void => {
      const one = shape.slice(1).reduce((a, b) => a * b, 1);
      const perHead = one / kvHeads;
      const data = Float32Array.from({ length: one }, (_, i) => element(Math.floor(i / perHead), i % perHead));
      const typed =
        type === "float32" ? data : type === "int8" ? Int8Array.from(data) : Uint8Array.from(data, (x) => x + 128);
      this.feeds[name] = new Tensor(type, repeated(typed, copies) as never, [...shape]);
    };

    if (op.kind !== "weigh") {
      const names = digitNames(op.qkv);
      op.qkv.forEach((id, digit) => {
        const codes = rows(id);
        const at = (position: number, head: number, d: number): number => codes[position]?.[head * headDim + d] ?? 0;
        const type = this.forms.codes.cacheType;
        fill(`past_key.0${names[digit]}`, type, dims(headDim, capacity), (head, i) =>
          at(i % capacity, heads + head, Math.floor(i / capacity)),
        );
        fill(`past_value.0${names[digit]}`, type, dims(capacity, headDim), (head, i) =>
          at(Math.floor(i / headDim), heads + kvHeads + head, i % headDim),
        );
      });
    }
    if (op.kind !== "mix") {
      const scales = rows(op.scale);
      const of2 =
        (offset: number) =>
        (head: number, i: number): number =>
          scales[i]?.[offset + head] ?? 0;
      fill("keys", "float32", dims(1, capacity), of2(heads));
      fill("values", "float32", dims(1, capacity), of2(heads + kvHeads));
      const both = Float32Array.of(
        ...(this.feeds.keys!.data as Float32Array),
        ...(this.feeds.values!.data as Float32Array),
      );
      this.feeds.past_scales = new Tensor("float32", both, [2 * copies, kvHeads, 1, capacity]);
    }
    if (op.kind === "scores") {
      // The window is in the choice of positions already.
      this.feeds[maskName(window, op.gridBits)] = maskTensor(this.program, null, batch, heads / kvHeads, op.gridBits);
    }
    Object.assign(this.feeds, shapeFeeds(op.shape, batch), zeroPointFeeds(op.shape, copies));
  }

  private feedKeyShapes(): void {
    const { of, copies, program } = this;
    const keyed = of.inputs
      .map((input) => ({ input, shape: shapesOf(program)[input]! }))
      .find(({ shape }) => shape.keyed);
    if (keyed?.shape.keyed !== true) return;
    const { heads } = keyed.shape;
    const keys = of.source.row(keyed.input, of.position).length / heads;
    this.feeds["shape.weightRows"] = new Tensor("int64", BigInt64Array.of(BigInt(copies * heads), BigInt(keys)), [2]);
  }
}

/** Numbers of groups whose zero points an operation may ask for. */
function groupCounts(program: Program, op: Op): { readonly length: number }[] {
  if (!("scale" in op)) return [{ length: 1 }];
  const shape = shapesOf(program)[op.scale as ValueId]!;
  return [{ length: 1 }, { length: shape.keyed ? 1 : shape.length }];
}

function repeated<T extends Fedable>(data: T, copies: number): T {
  const all = data.slice();
  const Type = all.constructor as new (length: number) => T;
  const out = new Type(all.length * copies);
  for (let copy = 0; copy < copies; copy++) out.set(all, copy * all.length);
  return out;
}
