import { ROW_PART_BYTES } from "@openledger/sdk";
import { planesOf } from "../document/tablePlanes.js";
import { CODE_BYTES, CONTINUITY_TOKENS, WINDOW_TERMS } from "../program/AttributionOp.js";
import type { Op, ValueId } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";
import { digitsOf, outlineOf } from "../program/TableOutline.js";
import { keyHead, valueHead } from "../reference/attention.js";
import { positionsBefore, windowPositions } from "../reference/credit.js";
import { referenceElement } from "../reference/referenceOp.js";
import { lengthAt, shapesOf, tableOf, visibleKeys } from "../reference/shapes.js";
import { rowSource } from "./rowSite.js";
import { mostTouched, type Span, type Stage } from "./Stage.js";
import { followingSpan, lookupSpan, rowSpan, tableSpan } from "./spans.js";

/** The row of an operation whose elements read few leaves each: no stages before it. */
export function plainStage(program: Program, index: ValueId, position: number): Stage {
  const shape = shapesOf(program)[index]!;
  return {
    name: "row",
    type: shape.type,
    length: lengthAt(shape, position),
    mostLeaves: mostLeaves(program, index),
    step(element) {
      const reads = new Reads(program, position).of(program.ops[index]!, element);
      return {
        reads,
        compute: (rows) => referenceElement(program, index, position, element, rowSource(program, reads, rows)),
      };
    },
  };
}

/** Digits of a group's elements, of a linear's row, or of heads, and records of an index, are the only runs that a plain step reads. */
function mostLeaves(program: Program, index: ValueId): number {
  const op = program.ops[index]!;
  switch (op.kind) {
    case "linear":
      return linearLeaves(program, op);
    case "scores":
      return scoreLeaves(op);
    case "embed":
      return 4;
    case "rotate":
      return 4;
    case "similarity":
      return 3 + recordParts(program, op);
    case "continuity":
      return 1 + CONTINUITY_TOKENS;
    case "windowSum":
      return WINDOW_TERMS;
    default:
      return 3;
  }
}

/** Parts of a record's rows in an index: they start at a part's start. */
function recordParts(program: Program, { index }: Op & { kind: "similarity" }): number {
  const outline = outlineOf(tableOf(program, index, "index"));
  const rows = planesOf(index, outline).filter(({ plane }) => plane !== "thresholds");
  return rows.reduce((parts, { rowBytes }) => parts + Math.ceil(rowBytes / ROW_PART_BYTES), 0);
}

/** Leaves of a linear's step that reads whole rows of digits, which start at a leaf's start. */
export function linearLeaves(program: Program, op: Op & { kind: "linear" }): number {
  const table = tableOf(program, op.weights, "matrix");
  const digits = op.q.length + digitsOf(table);
  return digits * Math.ceil(table.columns / 1024) + (op.bias === undefined ? 2 : 3);
}

/** Leaves of a score's step that reads whole heads. */
export function scoreLeaves(op: Op & { kind: "scores" }): number {
  return 2 * op.qkv.length * headLeaves(op) + 2;
}

/** Leaves that a head's digits lie in: those of a head that divides a leaf lie in one. */
export function headLeaves({ shape }: Op & { kind: "scores" }): number {
  return 1024 % shape.headDim === 0 ? 1 : mostTouched("i8", shape.headDim);
}

class Reads {
  constructor(
    private readonly program: Program,
    private readonly position: number,
  ) {}

  of(op: Op, i: number): Span[] {
    const at = (value: ValueId, element: number, count = 1) => rowSpan(value, this.position, element, count);
    switch (op.kind) {
      case "embed": {
        return [
          { kind: "token", position: this.position },
          ...digitPlanes(tableOf(this.program, op.table, "matrix")).map((plane) => ({
            ...tableSpan(op.table, plane, 0, i),
            row: undefined,
          })),
          { kind: "table", table: op.table, plane: "scales", row: 0, range: undefined },
        ];
      }
      case "addPosition":
        return [at(op.x, i), tableSpan(op.table, "data", this.position, i)];
      case "multiplyChannels":
        return [at(op.x, i), tableSpan(op.vector, "data", 0, i)];
      case "rowScale":
      case "sumSquares":
      case "scoreMax":
      case "sum":
        throw new Error(`${op.kind} is reduced in stages`);
      case "quantize":
      case "quantizeUnsigned":
        return [at(op.x, i), at(op.scale, this.groupOf(op.x, op.scale, i))];
      case "quantizeRest":
        return [at(op.x, i), at(op.scale, this.groupOf(op.x, op.scale, i)), at(op.high, i)];
      case "normScale":
        return [at(op.squares, i), at(op.squaresScale, i), ...("scale" in op.by ? [at(op.by.scale, i)] : [])];
      case "normHeads": {
        const { rows, columns } = tableOf(this.program, op.vector, "floats");
        const [head, within] = [Math.floor(i / columns), i % columns];
        return head < rows
          ? [at(op.x, i), at(op.scale, head), tableSpan(op.vector, "data", head, within)]
          : [at(op.x, i)];
      }
      case "linear": {
        const table = tableOf(this.program, op.weights, "matrix");
        return [
          ...op.q.map((digits) => at(digits, 0, table.columns)),
          ...digitPlanes(table).map((plane) => tableSpan(op.weights, plane, i, 0, table.columns)),
          at(op.scale, 0),
          ...outputTables(op, i),
        ];
      }
      case "add":
        return [at(op.x, i), at(op.y, i)];
      case "rotate": {
        const { columns } = tableOf(this.program, op.table, "floats");
        if (i >= op.groups * columns) return [at(op.x, i)];
        const half = columns / 2;
        const within = i % columns;
        const pair = within % half;
        return [
          at(op.x, i),
          at(op.x, within < half ? i + half : i - half),
          tableSpan(op.table, "data", this.position, pair),
          tableSpan(op.table, "data", this.position, half + pair),
        ];
      }
      case "scores": {
        const { headDim, window } = op.shape;
        const { from, count } = visibleKeys(window, this.position);
        const [head, j] = [Math.floor(i / count), from + (i % count)];
        const key = keyHead(op.shape, head);
        return [
          ...op.qkv.map((digits) => at(digits, head * headDim, headDim)),
          ...op.qkv.map((digits) => rowSpan(digits, j, key * headDim, headDim)),
          at(op.scale, head),
          rowSpan(op.scale, j, key),
        ];
      }
      case "exponent":
        return [at(op.scores, i), at(op.max, this.groupOf(op.scores, op.max, i)), lookupSpan(op.table)];
      case "weigh": {
        const { from, count } = visibleKeys(op.shape.window, this.position);
        const head = valueHead(op.shape, Math.floor(i / count));
        return [at(op.exponents, i), rowSpan(op.scale, from + (i % count), head)];
      }
      case "mix":
        throw new Error("mix is summed in stages");
      case "cubic":
      case "integerLogits":
        return [at(op.x, i)];
      case "sigmoid":
        return [at(op.x, i), lookupSpan(op.table)];
      case "gate":
        return [at(op.x, i), at(op.sigmoid, i), at(op.x, i + this.length(op.sigmoid))];
      case "activate":
        return [at(op.x, i), at(op.sigmoid, i)];
      case "signBits":
        return [at(op.x, 8 * i, 8)];
      case "surprise":
      case "denominator":
        throw new Error(`${op.kind} is summed in stages`);
      case "similarity": {
        const { positions } = tableOf(this.program, op.index, "index");
        return [
          followingSpan(this.position),
          at(op.codes, 0, CODE_BYTES),
          tableSpan(op.index, "entries", i, 0, positions),
          tableSpan(op.index, "codes", i, 0, positions * CODE_BYTES),
          lookupSpan(op.index, "thresholds"),
        ];
      }
      case "continuity":
        return [at(op.sums, i), ...positionsBefore(this.position).map((position) => rowSpan(op.credit, position, i))];
      case "credit":
        return [at(op.sums, i), at(op.surprise, 0), at(op.denominator, 0, 2)];
      case "windowSum":
        return windowPositions(this.position, op.stride).map((position) => rowSpan(op.of, position, i));
    }
  }

  private groupOf(x: ValueId, scale: ValueId, element: number): number {
    return Math.floor(element / (this.length(x) / this.length(scale)));
  }

  private length(value: ValueId): number {
    return lengthAt(shapesOf(this.program)[value]!, this.position);
  }
}

export function digitPlanes(table: Table & { readonly kind: "matrix" }): readonly ("high" | "low")[] {
  return digitsOf(table) === 1 ? ["high"] : ["high", "low"];
}

/** A linear's constants of output n. */
export function outputTables(op: Op & { kind: "linear" }, n: number): Span[] {
  const scale = tableSpan(op.weights, "scales", 0, n);
  return op.bias === undefined ? [scale] : [scale, tableSpan(op.bias, "data", 0, n)];
}
