import { ExactError } from "../errors.js";
import { CODE_BYTES } from "../program/AttributionOp.js";
import { integerFault } from "../program/integerFields.js";
import type { AttentionShape, Op, TableName, ValueId } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";
import { outlineOf, type TableOutline } from "../program/TableOutline.js";
import type { ElementType } from "./Row.js";

/**
 * What a value's rows look like: `groups` runs of `size` elements, or `groups` heads with an element for each visible key.
 * `groups` is 1 where nothing but the length matters.
 */
export type ValueShape =
  | { readonly type: ElementType; readonly keyed: false; readonly length: number }
  | { readonly type: ElementType; readonly keyed: true; readonly heads: number; readonly window: number | null };

/** Visible keys from a position: `from` to the position itself, `count` of them. */
export function visibleKeys(
  window: number | null,
  position: number,
): { readonly from: number; readonly count: number } {
  const from = window === null ? 0 : Math.max(0, position - window + 1);
  return { from, count: position - from + 1 };
}

/** Elements of a row of this shape at a position. */
export function lengthAt(shape: ValueShape, position: number): number {
  return shape.keyed ? shape.heads * visibleKeys(shape.window, position).count : shape.length;
}

const known = new WeakMap<Program, readonly ValueShape[]>();

/**
 * The shape of every value of a program.
 * @throws ExactError `program_malformed` naming the first operation whose inputs do not fit it.
 */
export function shapesOf(program: Program): readonly ValueShape[] {
  let shapes = known.get(program);
  if (shapes === undefined) {
    const made: ValueShape[] = [];
    for (const op of program.ops) made.push(new OpShapes(program, made).next(op));
    shapes = made;
    known.set(program, shapes);
  }
  return shapes;
}

/** A constant of a program, of the kind that an operation needs. */
export function tableOf<K extends Table["kind"]>(
  program: Pick<Program, "tables">,
  name: TableName,
  kind: K,
): Table & { readonly kind: K } {
  const table = program.tables.get(name);
  if (table?.kind !== kind) {
    throw new ExactError(
      "program_malformed",
      `Table "${name}" is ${table?.kind ?? "absent"}; an operation needs ${kind}.`,
    );
  }
  return table as Table & { readonly kind: K };
}

class OpShapes {
  constructor(
    private readonly program: Program,
    private readonly earlier: readonly ValueShape[],
  ) {}

  /** Numbers of integer programs, f32 in what follows, are i32. */
  next(op: Op): ValueShape {
    const fault = this.program.arithmetic === "integer" ? integerFault(op) : undefined;
    if (fault !== undefined) this.refuse(op, fault);
    const shape = this.of(op);
    return { ...shape, type: this.held(shape.type) };
  }

  private held(type: ElementType): ElementType {
    return type === "f32" && this.program.arithmetic === "integer" ? "i32" : type;
  }

  private of(op: Op): ValueShape {
    switch (op.kind) {
      case "embed":
        return fixed("f32", tableOf(this.program, op.table, "matrix").columns);
      case "addPosition":
      case "multiplyChannels": {
        const columns = tableOf(this.program, op.kind === "addPosition" ? op.table : op.vector, "floats").columns;
        this.equal(op, "columns of its table", columns, this.fixed(op, op.x, ["f32"]));
        return fixed("f32", columns);
      }
      case "rowScale": {
        const x = this.get(op, op.x, ["f32"]);
        this.divides(op, op.groups, x);
        if (x.keyed) this.equal(op, "groups", op.groups, x.heads);
        this.require(op, Number.isInteger(op.levels) && op.levels >= 1 && op.levels <= 255, `levels are ${op.levels}`);
        if (op.limit !== undefined) {
          this.equal(op, "limits", tableOf(this.program, op.limit, "floats").columns, op.groups);
        }
        return fixed("f32", op.groups);
      }
      case "quantize":
      case "quantizeRest":
      case "quantizeUnsigned": {
        const x = this.get(op, op.x, ["f32"]);
        this.divides(op, this.fixed(op, op.scale, ["f32"]), x);
        if (op.kind === "quantizeRest") this.same(op, this.get(op, op.high, ["i8"]), x);
        return { ...x, type: op.kind === "quantizeUnsigned" ? "u8" : "i8" };
      }
      case "sumSquares":
        this.divides(op, op.groups, this.get(op, op.q, ["i8"]));
        return fixed("i32", op.groups);
      case "normScale": {
        const groups = this.fixed(op, op.squares, ["i32"]);
        this.equal(op, "scales of squares", this.fixed(op, op.squaresScale, ["f32"]), groups);
        if ("scale" in op.by) this.equal(op, "scales", this.fixed(op, op.by.scale, ["f32"]), groups);
        else this.require(op, isFloat(op.by.numerator), `numerator ${op.by.numerator} is no positive binary32`);
        this.require(op, op.epsilon === 0 || isFloat(op.epsilon), `epsilon ${op.epsilon} is no binary32`);
        return fixed("f32", groups);
      }
      case "normHeads": {
        const vector = tableOf(this.program, op.vector, "floats");
        const length = this.fixed(op, op.x, ["f32"]);
        this.require(op, vector.rows * vector.columns <= length, "its vectors are longer than its row");
        this.require(op, this.fixed(op, op.scale, ["f32"]) >= vector.rows, "a head has no scale");
        return fixed("f32", length);
      }
      case "linear": {
        const weights = tableOf(this.program, op.weights, "matrix");
        for (const q of op.q) this.equal(op, "inputs", this.fixed(op, q, ["i8"]), weights.columns);
        this.equal(op, "scales", this.fixed(op, op.scale, ["f32"]), 1);
        if (op.bias !== undefined) {
          this.equal(op, "biases", tableOf(this.program, op.bias, "floats").columns, weights.rows);
        }
        return fixed("f32", weights.rows);
      }
      case "add": {
        const length = this.fixed(op, op.x, ["f32"]);
        this.equal(op, "addends", this.fixed(op, op.y, ["f32"]), length);
        return fixed("f32", length);
      }
      case "rotate": {
        const length = this.fixed(op, op.x, ["f32"]);
        const { columns } = tableOf(this.program, op.table, "floats");
        this.require(op, columns % 2 === 0 && op.groups * columns <= length, `${op.groups} heads of ${columns}`);
        return fixed("f32", length);
      }
      case "scores":
        this.attention(op, op.qkv, op.scale, op.shape);
        return { type: "f32", keyed: true, heads: op.shape.heads, window: op.shape.window };
      case "scoreMax":
        return fixed("f32", this.keyed(op, op.scores, ["f32"]).heads);
      case "exponent": {
        const scores = this.keyed(op, op.scores, ["f32"]);
        this.equal(op, "maxima", this.fixed(op, op.max, ["f32"]), scores.heads);
        tableOf(this.program, op.table, "integers");
        return { ...scores, type: "u16" };
      }
      case "sum":
        return fixed("i32", this.keyed(op, op.x, ["u16"]).heads);
      case "weigh":
        this.equal(op, "heads", this.keyed(op, op.exponents, ["u16"]).heads, op.shape.heads);
        this.equal(op, "scales", this.fixed(op, op.scale, ["f32"]), op.shape.heads + 2 * op.shape.kvHeads);
        return { type: "f32", keyed: true, heads: op.shape.heads, window: op.shape.window };
      case "mix": {
        const digits: readonly ElementType[] = op.weights.length === 1 ? ["u8", "i8"] : ["i8"];
        for (const weights of op.weights)
          this.equal(op, "heads", this.keyed(op, weights, digits).heads, op.shape.heads);
        this.equal(op, "scales", this.fixed(op, op.weightScale, ["f32"]), op.shape.heads);
        this.equal(op, "sums", this.fixed(op, op.sum, ["i32"]), op.shape.heads);
        this.attention(op, op.qkv, undefined, op.shape);
        return fixed("f32", op.shape.heads * op.shape.headDim);
      }
      case "cubic":
        return fixed("f32", this.fixed(op, op.x, ["f32"]));
      case "sigmoid": {
        const points = this.points(op.table);
        this.require(op, points % 2 === 1 && points < 2 ** 22, `its table has ${points} points`);
        this.require(op, op.width <= this.fixed(op, op.x, ["f32"]), `width ${op.width} is beyond its row`);
        return fixed("i32", op.width);
      }
      case "gate": {
        const width = this.fixed(op, op.sigmoid, ["i32"]);
        this.equal(op, "elements", this.fixed(op, op.x, ["f32"]), 2 * width);
        return fixed("f32", width);
      }
      case "activate": {
        const width = this.fixed(op, op.sigmoid, ["i32"]);
        this.equal(op, "elements", this.fixed(op, op.x, ["f32"]), width);
        return fixed("f32", width);
      }
      case "integerLogits":
        return fixed("i32", this.fixed(op, op.x, ["f32"]));
      case "signBits": {
        const width = this.fixed(op, op.x, ["f32"]);
        this.require(op, width % 8 === 0, `${width} bits are no whole bytes`);
        return fixed("u8", width / 8);
      }
      case "surprise":
        this.equal(op, "logits", this.fixed(op, op.logits, ["i32"]), this.program.shape.vocabulary);
        this.require(op, op.gridBits <= 12, `its grid is 2^-${op.gridBits}, finer than that of logits`);
        tableOf(this.program, op.table, "integers");
        return fixed("u8", 1);
      case "similarity": {
        const { records, vocabulary } = this.index(op.index);
        this.equal(op, "bytes of a code", this.fixed(op, op.codes, ["u8"]), CODE_BYTES);
        this.equal(op, "thresholds", vocabulary, this.program.shape.vocabulary);
        return fixed("i32", records);
      }
      case "continuity": {
        const records = this.fixed(op, op.sums, ["i32"]);
        this.equal(op, "credits", this.fixed(op, op.credit, ["i32"]), records);
        return fixed("i32", records);
      }
      case "denominator":
        this.fixed(op, op.sums, ["i32"]);
        if (op.before !== undefined) this.equal(op, "digits before", this.fixed(op, op.before, ["i32"]), 2);
        return fixed("i32", 2);
      case "credit":
        this.equal(op, "surprises", this.fixed(op, op.surprise, ["u8"]), 1);
        this.equal(op, "digits of a denominator", this.fixed(op, op.denominator, ["i32"]), 2);
        return fixed("i32", this.fixed(op, op.sums, ["i32"]));
      case "windowSum":
        return fixed("i32", this.fixed(op, op.of, ["i32", "u8"]));
    }
  }

  private points(table: TableName): number {
    const outline = outlineOf(tableOf(this.program, table, "integers"));
    return outline.kind === "integers" ? outline.length : 0;
  }

  private index(table: TableName): TableOutline & { readonly kind: "index" } {
    return outlineOf(tableOf(this.program, table, "index")) as TableOutline & { readonly kind: "index" };
  }

  private attention(op: Op, qkv: readonly ValueId[], scale: ValueId | undefined, shape: AttentionShape): void {
    const heads = shape.heads + 2 * shape.kvHeads;
    this.require(op, shape.heads % shape.kvHeads === 0, `${shape.heads} heads over ${shape.kvHeads} key heads`);
    for (const digits of qkv) this.equal(op, "elements", this.fixed(op, digits, ["i8"]), heads * shape.headDim);
    if (scale !== undefined) this.equal(op, "scales", this.fixed(op, scale, ["f32"]), heads);
  }

  private get(op: Op, value: ValueId, types: readonly ElementType[]): ValueShape {
    const shape = this.earlier[value];
    if (shape === undefined) return this.refuse(op, `value ${value} is not made before it`);
    const held = types.map((type) => this.held(type));
    this.require(op, held.includes(shape.type), `value ${value} is ${shape.type}, not ${held.join(" or ")}`);
    return shape;
  }

  private fixed(op: Op, value: ValueId, types: readonly ElementType[]): number {
    const shape = this.get(op, value, types);
    return shape.keyed ? this.refuse(op, `value ${value} has an element a key`) : shape.length;
  }

  private keyed(op: Op, value: ValueId, types: readonly ElementType[]): ValueShape & { readonly keyed: true } {
    const shape = this.get(op, value, types);
    return shape.keyed ? shape : this.refuse(op, `value ${value} has no element a key`);
  }

  private divides(op: Op, groups: number, shape: ValueShape): void {
    const parts = shape.keyed ? shape.heads : shape.length;
    this.require(op, groups >= 1 && parts % groups === 0, `${groups} groups of ${parts}`);
  }

  private same(op: Op, a: ValueShape, b: ValueShape): void {
    if (a.keyed && b.keyed) this.equal(op, "heads", a.heads, b.heads);
    else this.require(op, !a.keyed && !b.keyed && a.length === b.length, "its inputs differ in shape");
  }

  private equal(op: Op, what: string, found: number, wanted: number): void {
    this.require(op, found === wanted, `${found} ${what}, not ${wanted}`);
  }

  private require(op: Op, holds: boolean, found: string): void {
    if (!holds) this.refuse(op, found);
  }

  private refuse(op: Op, found: string): never {
    throw new ExactError("program_malformed", `Operation ${this.earlier.length} (${op.kind}): ${found}.`);
  }
}

function fixed(type: ElementType, length: number): ValueShape {
  return { type, keyed: false, length };
}

function isFloat(x: number): boolean {
  return Number.isFinite(x) && x > 0 && Math.fround(x) === x;
}
