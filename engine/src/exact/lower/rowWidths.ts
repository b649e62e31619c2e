import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";

/** Elements of every value's row; 0 for rows over keys, which are as long as the sequence. */
export function rowWidths({ ops, tables, shape }: Program): Map<ValueId, number> {
  const widths = new Map<ValueId, number>();
  const widthOf = (op: Op): number => {
    switch (op.kind) {
      case "embed":
        return shape.hidden;
      case "linear": {
        const table = tables.get(op.weights);
        return table?.kind === "matrix" ? table.rows : 0;
      }
      case "rowScale":
      case "sumSquares":
        return op.groups;
      case "normScale":
        return widths.get(op.squares)!;
      case "sigmoid":
        return op.width;
      case "gate":
        return widths.get(op.sigmoid)!;
      case "mix":
        return op.shape.heads * op.shape.headDim;
      case "scores":
      case "exponent":
      case "weigh":
        return 0;
      case "scoreMax":
      case "sum":
        return shape.heads;
      case "signBits":
        return widths.get(op.x)! / 8;
      default:
        return widths.get(op.x)!;
    }
  };
  ops.forEach((op, id) => {
    widths.set(id, widthOf(op));
  });
  return widths;
}
