import { ExactError } from "../errors.js";
import type { ValueId } from "../program/Op.js";
import type { Block, Program } from "../program/Program.js";
import { elementTypeOf, type Row } from "../reference/Row.js";
import { lengthAt, shapesOf, type ValueShape } from "../reference/shapes.js";
import type { History, StageSource } from "./fast/StageSource.js";
import type { BlockRequest, BlockRows } from "./RowProvider.js";

/** Positions: first (inclusive) and last (exclusive). */
export interface PositionSpan {
  readonly from: number;
  readonly to: number;
}

/** Rows of one block at a run of positions, read at one of them. */
export class BlockWindow implements StageSource {
  private position: number;
  private readonly shapes: readonly ValueShape[];

  /**
   * @param entered what was asked of the block, and what entered it
   * @param histories of the block's remembered values, up to the last of these positions
   */
  constructor(
    program: Program,
    readonly block: Block,
    private readonly entered: Omit<BlockRequest, "past">,
    private readonly values: BlockRows["values"],
    private readonly histories: ReadonlyMap<ValueId, History>,
  ) {
    this.position = entered.from;
    this.shapes = shapesOf(program);
  }

  at(position: number): this {
    this.position = position;
    return this;
  }

  row(value: ValueId): Row {
    const { from, input, entering } = this.entered;
    const shape = this.shapes[value]!;
    const start = rowsLength(shape, from, this.position);
    const rows = value === this.block.input ? input! : (entering.get(value) ?? this.values[value - this.block.from]!);
    return rows.subarray(start, start + lengthAt(shape, this.position));
  }

  history(value: ValueId): History {
    return this.histories.get(value)!;
  }

  following(): number | undefined {
    return this.entered.tokens[this.position + 1];
  }
}

/** @throws ExactError `row_malformed` where rows of a block's values are of another type or number than the program's. */
export function requireRows(program: Program, block: Block, span: PositionSpan, values: BlockRows["values"]): void {
  const count = block.to - block.from;
  if (values.length !== count) {
    throw new ExactError("row_malformed", `A block has rows of ${values.length} values, not ${count}.`);
  }
  for (let value = block.from; value < block.to; value++) {
    const shape = shapesOf(program)[value]!;
    const rows = values[value - block.from]!;
    const length = rowsLength(shape, span.from, span.to);
    if (elementTypeOf(rows) === shape.type && rows.length === length) continue;
    throw new ExactError(
      "row_malformed",
      `Value ${value} at positions ${span.from} to ${span.to} is ${elementTypeOf(rows)}[${rows.length}], not ${shape.type}[${length}].`,
    );
  }
}

/** Elements of a value's rows at positions `from` to `to`. */
export function rowsLength(shape: ValueShape, from: number, to: number): number {
  if (!shape.keyed) return shape.length * (to - from);
  return shape.heads * (keysBefore(shape.window, to) - keysBefore(shape.window, from));
}

/** Visible keys of all positions before one. */
function keysBefore(window: number | null, position: number): number {
  const growing = window === null ? position : Math.min(position, window);
  return (growing * (growing + 1)) / 2 + (position - growing) * (window ?? 0);
}
