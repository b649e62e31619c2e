import type { Op } from "../program/Op.js";
import { type Fact, greatestOf, lengthOf } from "./Fact.js";
import { LEAST_EPSILON, normOf } from "./norm.js";
import type { Prover } from "./Prover.js";
import { FLOAT_REACH, rounded, SUM_REACH } from "./rounding.js";

export function sumSquares(op: Op & { kind: "sumSquares" }, prover: Prover): Fact {
  const { most: digits, keyed } = prover.fact(op.q);
  prover.belongs(keyed !== true, "its row has an element a key");
  const size = digits.length / op.groups;
  const most = Float64Array.from({ length: op.groups }, (_, g) => {
    let sum = 0;
    for (let i = g * size; i < (g + 1) * size; i++) sum += digits[i]! ** 2;
    return sum;
  });
  prover.below("a sum of squares is below 2^24", greatestOf(most), SUM_REACH, "square the row in fewer levels");
  return { most };
}

export function normScale(op: Op & { kind: "normScale" }, prover: Prover): Fact {
  const advice = "a norm needs an epsilon: rows may be zero";
  prover.atLeast("epsilon is above what squares of steps lose", op.epsilon, LEAST_EPSILON, advice);
  const norm = normOf(op, prover);
  const squares = prover.fact(op.squares).most;
  const steps = prover.fact(op.squaresScale).most;
  const numerators = "scale" in op.by ? prover.fact(op.by.scale).most : undefined;
  const constant = "scale" in op.by ? 0 : op.by.numerator;
  let meanSquare = 0;
  const most = squares.map((n, g) => {
    meanSquare = Math.max(meanSquare, rounded(rounded(rounded(steps[g]! ** 2) * n) + op.epsilon));
    const over = (numerators?.[g] ?? constant) / Math.sqrt(op.epsilon);
    return rounded(Math.min(over * (1 + 2 ** -20), norm.factor));
  });
  prover.below("a sum of squares of floats is finite", meanSquare, FLOAT_REACH, "make the weights before it smaller");
  prover.below("a norm's factor is finite", greatestOf(most), FLOAT_REACH, "give the norm a larger epsilon");
  return { most };
}

export function normHeads(op: Op & { kind: "normHeads" }, prover: Prover): Fact {
  const x = prover.fact(op.x);
  const { rows, columns, data } = prover.table(op.vector, "floats");
  const scale = prover.operation(op.scale, "normScale", "its scale");
  prover.belongs("numerator" in scale.by, "its scale is a factor of digits, not of its row");
  const norm = normOf(scale, prover);
  prover.belongs(norm.squared.x === op.x, `its scale is of value ${norm.squared.x}, its row is value ${op.x}`);
  prover.belongs(norm.size === columns, `its scale is of groups of ${norm.size}, its vectors have ${columns}`);
  prover.below("a normed float is finite", rounded(norm.length), FLOAT_REACH, "give the norm a smaller numerator");

  const most = x.most.map((element, i) =>
    i < data.length ? rounded(rounded(norm.length) * Math.abs(data[i]!)) : element,
  );
  prover.below("a float is finite", greatestOf(most), FLOAT_REACH, `make "${op.vector}" smaller`);
  const turned = rows * columns;
  return {
    most,
    length(from, to, effort) {
      if (from >= turned) return lengthOf(x, from, to, effort);
      if (Math.floor(from / columns) !== Math.floor((to - 1) / columns)) return Number.POSITIVE_INFINITY;
      return norm.length * greatestOf(data.subarray(from, to).map(Math.abs)) * (1 + 2 ** -21) + 2 ** -140;
    },
  };
}
