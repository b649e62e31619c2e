/**
 * A typed builder of ONNX graphs. Every value carries its element type and shape; an operation whose operands do not
 * fit fails where it is written, with both shapes in the message, and not when onnxruntime loads the file.
 *
 * The builder also keeps a record of each differentiable operation, in order, which reverse-mode differentiation
 * (`train/gradients.ts`) walks backwards. A composite (RMSNorm, SwiGLU, cross-entropy) is one record over several
 * nodes: its derivative is written by hand and needs fewer passes over memory than that of its parts.
 */
import { type ElementType, elementTypeOf, type FloatType, type TensorData } from "./element-type.js";
import { GraphError } from "./errors.js";
import { type Attribute, encodeModel, type InitializerProto, type NodeProto, type ValueProto } from "./model-proto.js";
import {
  addDims,
  broadcastShape,
  type Dim,
  isStatic,
  mismatch,
  normalizeAxis,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
} from "./shape.js";

/** Bulk constants begin at multiples of it, as maps of files into memory do. */
const PAGE = 4096;

/** √(2/π) and the weight of x³ inside the tanh form of GELU. */
export const GELU_SCALE = Math.sqrt(2 / Math.PI);
export const GELU_CUBIC = 0.044715;

export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** One differentiable operation: what it read, what it wrote, and what its derivative may reuse. */
export interface Operation {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly saved: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** What the derivative needs to know, where that is not an attribute of the node. */
  readonly recorded?: Readonly<Record<string, Attribute>>;
  readonly domain?: "" | "com.microsoft";
}

export class GraphBuilder {
  readonly float: FloatType;
  readonly operations: Operation[] = [];
  /** Before the slash of the names of nodes to come: what a profile counts them under. */
  label: string | undefined;
  private readonly nodes: NodeProto[] = [];
  private readonly inputs: ValueProto[] = [];
  private readonly outputs: { name: string; value: Value }[] = [];
  private readonly initializers: InitializerProto[] = [];
  private readonly bulks: { readonly value: Value; readonly make: () => Iterable<TensorData> }[] = [];
  private readonly constants = new Map<string, Value>();
  private readonly names = new Set<string>();
  private composites = 0;
  private serial = 0;

  /** `float` is the element type of every real number in the graph; float64 is for checks of gradients. */
  constructor(
    readonly name: string,
    options: { readonly float?: FloatType } = {},
  ) {
    this.float = options.float ?? "float32";
  }

  // Leaves

  /** A tensor fed on every run. Adapters must be inputs: onnxruntime ignores a fed initialiser in silence. */
  input(name: string, type: ElementType | "float", shape: Shape): Value {
    const value = { name: this.claim(name), type: type === "float" ? this.float : type, shape };
    this.inputs.push(value);
    return value;
  }

  /** A constant tensor of the file; real numbers are stored in the graph's float type. */
  constant(name: string, data: TensorData, shape: readonly number[]): Value {
    const type = elementTypeOf(data);
    const stored =
      type === "float32" && this.float === "float64"
        ? Float64Array.from(data as Float32Array)
        : type === "float64" && this.float === "float32"
          ? Float32Array.from(data as Float64Array)
          : data;
    if (stored.length !== sizeOf(shape)) {
      throw mismatch(`constant ${name}`, `${sizeOf(shape)} elements for ${showShape(shape)}, found ${stored.length}`);
    }
    const value = { name: this.claim(name), type: elementTypeOf(stored), shape };
    this.initializers.push({ ...value, data: stored });
    return value;
  }

  /**
   * A large constant, made when the file is written and not kept.
   *
   * @param make gives its elements piece by piece; each is used before the next is asked for
   */
  bulk(name: string, type: ElementType, shape: readonly number[], make: () => Iterable<TensorData>): Value {
    const value = { name: this.claim(name), type, shape };
    this.bulks.push({ value, make });
    return value;
  }

  /** A real number as a tensor of rank 0, stored once. */
  scalar(value: number): Value {
    return this.shared(`float:${value}`, () => this.constant(this.fresh("scalar"), Float64Array.of(value), []));
  }

  /** A list of 64-bit integers as a tensor of rank 1, stored once. */
  integers(values: readonly number[]): Value {
    return this.shared(`int:${values.join(",")}`, () =>
      this.constant(this.fresh("ints"), BigInt64Array.from(values, BigInt), [values.length]),
    );
  }

  /** Names `value` as an output of the graph. Outputs are copied on every run: ask for few. */
  output(name: string, value: Value): void {
    this.claim(name);
    this.outputs.push({ name, value });
  }

  // Element-wise

  add(a: Value, b: Value): Value {
    return this.elementwise("Add", a, b);
  }
  sub(a: Value, b: Value): Value {
    return this.elementwise("Sub", a, b);
  }
  mul(a: Value, b: Value): Value {
    return this.elementwise("Mul", a, b);
  }
  div(a: Value, b: Value): Value {
    return this.elementwise("Div", a, b);
  }
  neg(x: Value): Value {
    return this.node("Neg", [x], x.shape);
  }
  sqrt(x: Value): Value {
    return this.node("Sqrt", [x], x.shape);
  }
  exp(x: Value): Value {
    return this.node("Exp", [x], x.shape);
  }
  log(x: Value): Value {
    return this.node("Log", [x], x.shape);
  }
  tanh(x: Value): Value {
    return this.node("Tanh", [x], x.shape);
  }
  sigmoid(x: Value): Value {
    return this.node("Sigmoid", [x], x.shape);
  }
  /** Softmax over the last axis. */
  softmax(x: Value): Value {
    return this.node("Softmax", [x], x.shape, { attributes: { axis: -1 } });
  }

  // Matrices

  /** Product of the last two axes; leading axes broadcast. Shapes `[…, m, k] · […, k, n] → […, m, n]`. */
  matmul(a: Value, b: Value): Value {
    const [m, k] = a.shape.slice(-2);
    const [k2, n] = b.shape.slice(-2);
    if (a.shape.length < 2 || b.shape.length < 2 || m === undefined || n === undefined || k !== k2) {
      throw mismatch("MatMul", `[…, m, k] and [k, n], found ${showShape(a.shape)} and ${showShape(b.shape)}`);
    }
    const batch = broadcastShape("MatMul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    return this.node("MatMul", [a, b], [...batch, m, n]);
  }

  /** Product of two matrices of which either may be given transposed; both have rank 2. */
  gemm(a: Value, b: Value, form: "ab" | "abT" | "aTb"): Value {
    const transA = form === "aTb" ? 1 : 0;
    const transB = form === "abT" ? 1 : 0;
    const k = a.shape[1 - transA];
    const m = a.shape[transA];
    const n = b.shape[1 - transB];
    if (a.shape.length !== 2 || b.shape.length !== 2 || m === undefined || n === undefined || k !== b.shape[transB]) {
      throw mismatch(`Gemm ${form}`, `two fitting matrices, found ${showShape(a.shape)} and ${showShape(b.shape)}`);
    }
    return this.node("Gemm", [a, b], [m, n], { attributes: { transA, transB } });
  }

  /** `x · wᵀ` for a weight stored as `[out, in]`; `x` is `[…, in]` and the result `[…, out]`. */
  linear(x: Value, weight: Value): Value {
    const [out, inner] = weight.shape;
    if (weight.shape.length !== 2 || out === undefined || inner === undefined || x.shape.at(-1) !== inner) {
      throw mismatch("linear", `[…, in] and [out, in], found ${showShape(x.shape)} and ${showShape(weight.shape)}`);
    }
    if (!isStatic(x.shape)) return this.matmul(x, this.transpose(weight, [1, 0]));
    if (x.shape.length === 2) return this.gemm(x, weight, "abT");
    const rows = this.reshape(x, [sizeOf(x.shape) / sizeOf([inner]), inner]);
    return this.reshape(this.gemm(rows, weight, "abT"), [...x.shape.slice(0, -1), out]);
  }

  // Layout

  /** Same elements in another shape. At most one extent may be named, unless it stays where it was. */
  reshape(x: Value, shape: Shape): Value {
    if (isStatic(x.shape) && isStatic(shape) && sizeOf(x.shape) !== sizeOf(shape)) {
      throw mismatch("Reshape", `as many elements as before, found ${showShape(x.shape)} and ${showShape(shape)}`);
    }
    const target = shape.map((dim, i) => (dim === x.shape[i] ? 0 : typeof dim === "number" ? dim : -1));
    if (target.filter((dim) => dim === -1).length > 1) {
      throw mismatch("Reshape", `at most one new named extent, found ${showShape(x.shape)} and ${showShape(shape)}`);
    }
    return this.node("Reshape", [x, this.integers(target)], shape);
  }

  transpose(x: Value, perm: readonly number[]): Value {
    if (perm.length !== x.shape.length || new Set(perm).size !== perm.length) {
      throw mismatch("Transpose", `a permutation of the axes of ${showShape(x.shape)}, found [${perm.join(", ")}]`);
    }
    const shape = perm.map((axis) => x.shape[normalizeAxis("Transpose", axis, x.shape)]!);
    return this.node("Transpose", [x], shape, { attributes: { perm } });
  }

  concat(values: readonly Value[], axis: number): Value {
    const first = values[0];
    if (first === undefined) throw mismatch("Concat", "at least one value, found none");
    const at = normalizeAxis("Concat", axis, first.shape);
    let total: Dim = first.shape[at]!;
    for (const value of values.slice(1)) {
      const fits =
        value.shape.length === first.shape.length && value.shape.every((d, i) => i === at || d === first.shape[i]);
      if (!fits) {
        throw mismatch("Concat", `equal other axes, found ${showShape(first.shape)} and ${showShape(value.shape)}`);
      }
      total = addDims(total, value.shape[at]!);
    }
    const shape = first.shape.map((dim, i) => (i === at ? total : dim));
    return this.node("Concat", values, shape, { attributes: { axis: at } });
  }

  /** Elements `start` (inclusive) to `end` (exclusive) of an axis of known extent. */
  slice(x: Value, axis: number, start: number, end: number): Value {
    const at = normalizeAxis("Slice", axis, x.shape);
    const extent = x.shape[at]!;
    if (start < 0 || end <= start || (typeof extent === "number" && end > extent)) {
      throw mismatch("Slice", `a part of axis ${at} of ${showShape(x.shape)}, found ${start} to ${end}`);
    }
    const shape = x.shape.map((dim, i) => (i === at ? end - start : dim));
    const operands = [x, this.integers([start]), this.integers([end]), this.integers([at])];
    return this.node("Slice", operands, shape, { recorded: { start, end, axis: at } });
  }

  /** All but the first `count` elements of an axis; `rest` is the extent that remains. */
  dropFirst(x: Value, axis: number, count: number, rest: Dim): Value {
    const at = normalizeAxis("Slice", axis, x.shape);
    const shape = x.shape.map((dim, i) => (i === at ? rest : dim));
    const end = this.integers([2 ** 31]);
    return this.custom("Slice", [x, this.integers([count]), end, this.integers([at])], x.type, shape);
  }

  // Look-ups

  /** Rows of a table: `[rows, d]` by int64 `[…]` gives `[…, d]`. An index outside the table fails the run. */
  gather(table: Value, ids: Value): Value {
    if (ids.type !== "int64" || table.shape.length < 1) {
      throw new GraphError("type_mismatch", `Gather needs int64 indices, found ${ids.type} ${showShape(ids.shape)}`);
    }
    return this.node("Gather", [table, ids], [...ids.shape, ...table.shape.slice(1)], { attributes: { axis: 0 } });
  }

  /** One element of each row: `[n, v]` by int64 `[n, 1]` gives `[n, 1]`. */
  gatherColumn(x: Value, ids: Value): Value {
    if (x.shape.length !== 2 || ids.shape.length !== 2 || ids.shape[0] !== x.shape[0]) {
      throw mismatch("GatherElements", `[n, v] and [n, k], found ${showShape(x.shape)} and ${showShape(ids.shape)}`);
    }
    return this.node("GatherElements", [x, ids], ids.shape, { attributes: { axis: 1 } });
  }

  // Reductions

  reduceSum(x: Value, axes: readonly number[], keep: "keep" | "drop"): Value {
    return this.reduce("ReduceSum", x, axes, keep);
  }
  reduceMean(x: Value, axes: readonly number[], keep: "keep" | "drop"): Value {
    return this.reduce("ReduceMean", x, axes, keep);
  }

  // Composites

  /** `x / sqrt(mean(x²) + epsilon) · weight` over the last axis (Zhang and Sennrich 2019, eq. 4). */
  rmsNorm(x: Value, weight: Value, epsilon: number): Value {
    if (weight.shape.length !== 1 || weight.shape[0] !== x.shape.at(-1)) {
      throw mismatch("RMSNorm", `[…, d] and [d], found ${showShape(x.shape)} and ${showShape(weight.shape)}`);
    }
    return this.composite("RmsNorm", [x, weight], () => {
      if (this.float === "float64") {
        // The fused operation keeps its factor in float32 whatever its input is.
        const mean = this.reduceMean(this.mul(x, x), [-1], "keep");
        const factor = this.div(this.scalar(1), this.sqrt(this.add(mean, this.scalar(epsilon))));
        return { output: this.mul(this.mul(x, factor), weight), saved: [factor] };
      }
      const output = this.unnamed(x.type, x.shape);
      const inverse = this.unnamed(x.type, [...x.shape.slice(0, -1), 1]);
      this.pushNode({
        op: "SimplifiedLayerNormalization",
        domain: "",
        inputs: [x.name, weight.name],
        outputs: [output.name, inverse.name],
        attributes: { axis: -1, epsilon: { float: epsilon } },
      });
      return { output, saved: [inverse] };
    });
  }

  /** `(x − mean) / sqrt(variance + epsilon) · weight + bias` over the last axis (Ba et al. 2016), the variance uncorrected. */
  layerNorm(x: Value, weight: Value, bias: Value, epsilon: number): Value {
    const wanted = [x.shape.at(-1)!];
    if (!sameShape(weight.shape, wanted) || !sameShape(bias.shape, wanted)) {
      const found = [x, weight, bias].map((value) => showShape(value.shape)).join(", ");
      throw mismatch("LayerNorm", `[…, d], [d] and [d], found ${found}`);
    }
    return this.composite("LayerNorm", [x, weight, bias], () => {
      if (this.float === "float64") {
        // The fused operation keeps mean and factor in float32 whatever its input is.
        const mean = this.reduceMean(x, [-1], "keep");
        const centred = this.sub(x, mean);
        const variance = this.reduceMean(this.mul(centred, centred), [-1], "keep");
        const factor = this.div(this.scalar(1), this.sqrt(this.add(variance, this.scalar(epsilon))));
        const output = this.add(this.mul(this.mul(centred, factor), weight), bias);
        return { output, saved: [mean, factor] };
      }
      const output = this.unnamed(x.type, x.shape);
      const [mean, inverse] = [0, 1].map(() => this.unnamed(x.type, [...x.shape.slice(0, -1), 1])) as [Value, Value];
      this.pushNode({
        op: "LayerNormalization",
        domain: "",
        inputs: [x.name, weight.name, bias.name],
        outputs: [output.name, mean.name, inverse.name],
        attributes: { axis: -1, epsilon: { float: epsilon } },
      });
      return { output, saved: [mean, inverse] };
    });
  }

  /** The tanh form of GELU, `x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³)))` (Hendrycks and Gimpel 2016, §2). */
  geluTanh(x: Value): Value {
    return this.composite("GeluTanh", [x], () => {
      if (this.float === "float32") {
        const output = this.custom("Gelu", [x], x.type, x.shape, { attributes: { approximate: "tanh" } });
        return { output, saved: [] };
      }
      const half = this.mul(x, this.scalar(0.5));
      return { output: this.add(half, this.mul(half, this.geluTurn(x))), saved: [] };
    });
  }

  /** The tanh inside `geluTanh`. */
  geluTurn(x: Value): Value {
    const slope = this.add(this.mul(this.mul(x, x), this.scalar(GELU_SCALE * GELU_CUBIC)), this.scalar(GELU_SCALE));
    return this.tanh(this.mul(x, slope));
  }

  /**
   * `softmax(queries · keysᵀ + mask) · values`; the queries are already divided by √D.
   * Shapes `[B, K, R, D]`, `[B, K, S, D]`, `[B, K, S, D]` and a mask that broadcasts to `[B, K, R, S]`.
   */
  attention(queries: Value, keys: Value, values: Value, mask: Value): Value {
    return this.composite("Attention", [queries, keys, values], () => {
      const scores = this.matmul(queries, this.transpose(keys, [0, 1, 3, 2]));
      const weights = this.softmax(this.add(scores, mask));
      return { output: this.matmul(weights, values), saved: [weights] };
    });
  }

  /** `silu(gate) · up`, with silu(g) = g · sigmoid(g) (Shazeer 2020). */
  swiGlu(gate: Value, up: Value): Value {
    if (!sameShape(gate.shape, up.shape)) {
      throw mismatch("SwiGLU", `equal shapes, found ${showShape(gate.shape)} and ${showShape(up.shape)}`);
    }
    return this.composite("SwiGlu", [gate, up], () => {
      const sigmoid = this.sigmoid(gate);
      const silu = this.mul(gate, sigmoid);
      return { output: this.mul(silu, up), saved: [sigmoid, silu] };
    });
  }

  /**
   * Weighted sum of cross-entropies of a softmax over `hidden · tableᵀ`, in nats; shape `[]`.
   *
   * @param hidden `[n, d]` @param table `[v, d]`
   * @param targets int64 `[n]`, each below v
   * @param weights `[n]`, what each position counts; 1/n for the mean, 0 for padding
   */
  crossEntropy(hidden: Value, table: Value, targets: Value, weights: Value): Value {
    const n = hidden.shape[0];
    if (n === undefined || !sameShape(targets.shape, [n]) || !sameShape(weights.shape, [n])) {
      const found = [hidden, targets, weights].map((v) => showShape(v.shape)).join(", ");
      throw mismatch("crossEntropy", `hidden [n, d], targets [n] and weights [n], found ${found}`);
    }
    return this.composite("CrossEntropy", [hidden, table, targets, weights], () => {
      const probabilities = this.softmax(this.gemm(hidden, table, "abT"));
      const ofTarget = this.gatherColumn(probabilities, this.reshape(targets, [n, 1]));
      const nats = this.neg(this.reshape(this.log(ofTarget), [n]));
      const output = this.reduceSum(this.mul(nats, weights), [0], "drop");
      return { output, saved: [probabilities, nats] };
    });
  }

  /** `x` broadcast to `shape`. Not differentiable: derivatives use it. */
  expand(x: Value, shape: readonly number[]): Value {
    return this.custom("Expand", [x, this.integers(shape)], x.type, shape);
  }

  /** Any other operation of onnxruntime, without a derivative. */
  custom(op: string, inputs: readonly Value[], type: ElementType, shape: Shape, options: NodeOptions = {}): Value {
    const output = this.unnamed(type, shape);
    this.pushNode({
      op,
      domain: options.domain ?? "",
      inputs: inputs.map((value) => value.name),
      outputs: [output.name],
      attributes: options.attributes ?? {},
    });
    return output;
  }

  /** As `custom`, for an operation of several outputs. */
  customMany(
    op: string,
    inputs: readonly Value[],
    outputs: readonly { readonly type: ElementType; readonly shape: Shape }[],
    options: NodeOptions = {},
  ): Value[] {
    const values = outputs.map(({ type, shape }) => this.unnamed(type, shape));
    this.pushNode({
      op,
      domain: options.domain ?? "",
      inputs: inputs.map((value) => value.name),
      outputs: values.map((value) => value.name),
      attributes: options.attributes ?? {},
    });
    return values;
  }

  /** Runs `emit` without recording the operations inside: nodes that need no derivative of their own. */
  unrecorded<T>(emit: () => T): T {
    this.composites++;
    try {
      return emit();
    } finally {
      this.composites--;
    }
  }

  /** The graph as an ONNX file. */
  build(): Uint8Array {
    return this.encode(
      this.bulks.map(({ value, make }) => {
        const shape = staticShape(value);
        return { ...value, shape, data: joined(make(), sizeOf(shape)) };
      }),
    );
  }

  /**
   * The graph as an ONNX file whose bulk constants lie in another.
   *
   * @param location the other file's name, in the folder of the graph's
   * @param write appends bytes to it; each constant is written before the next is made
   */
  buildBeside(location: string, write: (bytes: Uint8Array) => void): Uint8Array {
    let offset = 0;
    const placed = this.bulks.map(({ value, make }): InitializerProto => {
      const start = offset;
      for (const { buffer, byteOffset, byteLength } of make()) {
        write(new Uint8Array(buffer, byteOffset, byteLength));
        offset += byteLength;
      }
      const data = { location, offset: start, length: offset - start };
      const rest = -offset & (PAGE - 1);
      if (rest > 0) write(new Uint8Array(rest));
      offset += rest;
      return { ...value, shape: staticShape(value), data };
    });
    return this.encode(placed);
  }

  private encode(bulks: readonly InitializerProto[]): Uint8Array {
    const renamed = new Map<string, string>();
    const copies: NodeProto[] = [];
    const produced = new Set(this.nodes.flatMap((node) => node.outputs));
    for (const { name, value } of this.outputs) {
      if (produced.has(value.name) && !renamed.has(value.name)) renamed.set(value.name, name);
      else {
        const inputs = [renamed.get(value.name) ?? value.name];
        copies.push({ op: "Identity", domain: "", inputs, outputs: [name], attributes: {} });
      }
    }
    const rename = (name: string): string => renamed.get(name) ?? name;
    const nodes = this.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    return encodeModel({
      name: this.name,
      nodes: [...nodes, ...copies],
      inputs: this.inputs,
      outputs: this.outputs.map(({ name, value }) => ({ name, type: value.type, shape: value.shape })),
      initializers: [...this.initializers, ...bulks],
    });
  }

  // Inside

  private node(op: string, inputs: readonly Value[], shape: Shape, options: NodeOptions = {}): Value {
    const output = this.custom(op, inputs, inputs[0]!.type, shape, options);
    if (this.composites === 0) {
      const attributes = options.recorded ?? options.attributes ?? {};
      this.operations.push({ op, inputs, output, saved: [], attributes });
    }
    return output;
  }

  private composite(
    op: string,
    inputs: readonly Value[],
    emit: () => { readonly output: Value; readonly saved: readonly Value[] },
  ): Value {
    const { output, saved } = this.unrecorded(emit);
    if (this.composites === 0) this.operations.push({ op, inputs, output, saved, attributes: {} });
    return output;
  }

  private elementwise(op: string, a: Value, b: Value): Value {
    if (a.type !== b.type) {
      throw new GraphError("type_mismatch", `${op} needs equal element types, found ${a.type} and ${b.type}`);
    }
    return this.node(op, [a, b], broadcastShape(op, a.shape, b.shape));
  }

  private reduce(op: string, x: Value, axes: readonly number[], keep: "keep" | "drop"): Value {
    const dropped = new Set(axes.map((axis) => normalizeAxis(op, axis, x.shape)));
    const kept = x.shape.map((dim, i) => (dropped.has(i) ? 1 : dim));
    const shape = keep === "keep" ? kept : x.shape.filter((_, i) => !dropped.has(i));
    const sorted = [...dropped].sort((a, b) => a - b);
    return this.node(op, [x, this.integers(sorted)], shape, {
      attributes: { keepdims: keep === "keep" ? 1 : 0 },
      recorded: { axes: sorted },
    });
  }

  private unnamed(type: ElementType, shape: Shape): Value {
    return { name: this.fresh("v"), type, shape };
  }

  private shared(key: string, make: () => Value): Value {
    const found = this.constants.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.constants.set(key, made);
    return made;
  }

  private pushNode(node: NodeProto): void {
    this.nodes.push(this.label === undefined ? node : { ...node, name: `${this.label}/${this.nodes.length}` });
  }

  private fresh(prefix: string): string {
    return `${prefix}.${this.serial++}`;
  }

  private claim(name: string): string {
    if (this.names.has(name)) {
      throw new GraphError("duplicate_name", `graph ${this.name} needs unique names, found ${name} twice`);
    }
    this.names.add(name);
    return name;
  }
}

/** Pieces of a tensor as one. */
function joined(pieces: Iterable<TensorData>, size: number): TensorData {
  let whole: TensorData | undefined;
  let at = 0;
  for (const piece of pieces) {
    whole ??= new (piece.constructor as new (length: number) => TensorData)(size);
    whole.set(piece as never, at);
    at += piece.length;
  }
  if (whole === undefined || at !== size) throw mismatch("a bulk constant", `${size} elements, found ${at}`);
  return whole;
}

function staticShape({ shape }: Value): readonly number[] {
  if (!isStatic(shape)) throw mismatch("bulk constant", `a shape without named extents, found ${showShape(shape)}`);
  return shape;
}
