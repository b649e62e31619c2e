import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { RowSource } from "../reference/Kernel.js";
import { newRow, type Row } from "../reference/Row.js";
import { referenceOp } from "../reference/referenceOp.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import { rowsLength } from "./BlockWindow.js";
import type { BlockRequest, BlockRows, RowProvider } from "./RowProvider.js";

/** Rows by the reference interpreter: slow, on any machine. */
export class ReferenceProvider implements RowProvider {
  constructor(private readonly program: Program) {}

  rows(request: BlockRequest): BlockRows {
    const { from, to } = request;
    const block = this.program.blocks[request.block]!;
    const shapes = shapesOf(this.program).slice(block.from, block.to);
    const values = shapes.map((shape) => newRow(shape.type, rowsLength(shape, from, to)));
    const filled = new Array<number>(values.length).fill(0);
    const made: Row[][] = [];
    for (let position = from; position < to; position++) {
      const rows: Row[] = [];
      made.push(rows);
      const source = this.source(request, position, (value, at) => made[at - from]![value - block.from]!);
      for (let i = 0; i < values.length; i++) {
        const row = referenceOp(this.program, block.from + i, position, source);
        rows.push(row);
        values[i]!.set(row, filled[i]!);
        filled[i]! += row.length;
      }
    }
    return { values };
  }

  private source(
    { block, from, to, input, entering, tokens, past }: BlockRequest,
    position: number,
    made: (value: ValueId, at: number) => Row,
  ): RowSource {
    const { hidden } = this.program.shape;
    const shapes = shapesOf(this.program);
    const residual = this.program.blocks[block]!.input;
    return {
      token: (at) => tokens[at],
      row(value, at) {
        if (value === residual) return input!.subarray((position - from) * hidden, (position - from + 1) * hidden);
        const entered = entering.get(value);
        if (at >= from) return entered === undefined ? made(value, at) : rowOf(entered, to - from, at - from);
        const { first, rows } = past.get(value)!;
        const width = lengthAt(shapes[value]!, at);
        return rows.subarray((at - first) * width, (at - first + 1) * width);
      },
    };
  }
}

/** One of `count` rows of one width. */
function rowOf(rows: Row, count: number, index: number): Row {
  const width = rows.length / count;
  return rows.subarray(width * index, width * (index + 1));
}
