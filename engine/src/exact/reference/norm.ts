import type { Op } from "../program/Op.js";
import { digit, exactSum, fl } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

export function sumSquares(op: Op & { kind: "sumSquares" }, site: Site): Kernel {
  const q = site.row(op.q);
  const size = q.length / op.groups;
  return (g) => squaresOf(q.subarray(g * size, (g + 1) * size) as Int8Array);
}

export function squaresOf(q: Int8Array): number {
  let sum = 0;
  for (const element of q) sum += digit(element) ** 2;
  return exactSum(sum);
}

export function normScale(op: Op & { kind: "normScale" }, site: Site): Kernel {
  const squares = site.row(op.squares);
  const steps = site.row(op.squaresScale);
  const numerators = "scale" in op.by ? site.row(op.by.scale) : undefined;
  const constant = "scale" in op.by ? 0 : op.by.numerator;
  return (g) => {
    const t = steps[g]!;
    const meanSquare = fl(fl(fl(t * t) * exactSum(squares[g]!)) + op.epsilon);
    return fl((numerators?.[g] ?? constant) / fl(Math.sqrt(meanSquare)));
  };
}

export function normHeads(op: Op & { kind: "normHeads" }, site: Site): Kernel {
  const x = site.row(op.x);
  const { rows, columns, data } = site.table(op.vector, "floats");
  return (i) => {
    if (i >= rows * columns) return x[i]!;
    const scale = site.row(op.scale)[Math.floor(i / columns)]!;
    return fl(fl(x[i]! * scale) * data[i]!);
  };
}
