import type { IntegerOp } from "../../program/IntegerOp.js";
import { digit } from "../arithmetic.js";
import type { Kernel, Site } from "../Kernel.js";
import type { Row } from "../Row.js";
import { constant, exact, floorRoot, integerSum, quotient, shifted } from "./arithmetic.js";

export function sumSquares(op: IntegerOp<"sumSquares">, site: Site): Kernel {
  const q = site.row(op.q);
  const size = q.length / op.groups;
  return (g) => squaresOf(q.subarray(g * size, (g + 1) * size));
}

export function squaresOf(q: Row): number {
  let sum = 0;
  for (const element of q) sum += digit(element) ** 2;
  return integerSum(sum);
}

export function normScale(op: IntegerOp<"normScale">, site: Site): Kernel {
  const squares = site.row(op.squares);
  const steps = site.row(op.squaresScale);
  const numerators = "scale" in op.by ? site.row(op.by.scale) : undefined;
  const numerator = "scale" in op.by ? 0 : op.by.numerator;
  return (g) => {
    const t = steps[g]!;
    const n = exact(squares[g]! * 2 ** op.squareBits) + quotient(quotient(op.epsilon, t), t);
    const inverse = quotient(2 ** op.rootBits, floorRoot(n));
    return quotient((numerators?.[g] ?? numerator) * inverse, t);
  };
}

export function normHeads(op: IntegerOp<"normHeads">, site: Site): Kernel {
  const x = site.row(op.x);
  const { rows, columns, data } = site.table(op.vector, "floats");
  return (i) => {
    if (i >= rows * columns) return x[i]!;
    const scale = site.row(op.scale)[Math.floor(i / columns)]!;
    return shifted(shifted(x[i]! * scale, op.shift) * constant(data[i]!), op.vectorShift);
  };
}
