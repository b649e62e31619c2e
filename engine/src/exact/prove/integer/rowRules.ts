import { type IntegerOp, ROTARY_BITS } from "../../program/IntegerOp.js";
import { type Fact, greatestOf } from "../Fact.js";
import type { Prover } from "../Prover.js";
import { showPositions } from "../pointwiseRules.js";
import { rotaryReach } from "../rotaryReach.js";
import { channelsOf, factorMost, normOf, numeratorMost, ownNorm } from "./norm.js";
import { NUMBER_REACH, numbers, shiftedMost, showExact, upper } from "./reach.js";
import { HIGH_MOST, LOW_MOST, ownScale } from "./steps.js";

export function embed(op: IntegerOp<"embed">, prover: Prover): Fact {
  const { rows, columns, high, low, scales } = prover.table(op.table, "matrix");
  const { vocabulary } = prover.shape;
  prover.atLeast("every token has a row", rows, vocabulary, `give "${op.table}" ${vocabulary} rows`);
  const most = new Float64Array(columns);
  for (let token = 0, at = 0; token < rows; token++) {
    for (let i = 0; i < columns; i++, at++) {
      const e = low === undefined ? high[at]! : 128 * high[at]! + low[at]!;
      most[i] = Math.max(most[i]!, Math.abs(e) * scales[token]!);
    }
  }
  showExact("digits times their multiplier", most, prover);
  return numbers(
    most.map((product) => shiftedMost(product, op.shift)),
    prover,
  );
}

export function addPosition(op: IntegerOp<"addPosition">, prover: Prover): Fact {
  const { rows, columns, data } = prover.table(op.table, "floats");
  showPositions(op.table, rows, prover);
  const offsets = new Float64Array(columns);
  for (const [at, offset] of data.entries()) offsets[at % columns] = Math.max(offsets[at % columns]!, Math.abs(offset));
  return numbers(
    prover.fact(op.x).most.map((x, i) => x + offsets[i]!),
    prover,
  );
}

export function multiplyChannels(op: IntegerOp<"multiplyChannels">, prover: Prover): Fact {
  const { data } = prover.table(op.vector, "floats");
  const products = prover.fact(op.x).most.map((x, i) => x * Math.abs(data[i]!));
  showExact("an element times its factor", products, prover);
  return numbers(
    products.map((product) => shiftedMost(product, op.shift)),
    prover,
  );
}

/** Whatever a row may be, 2 · 127 · 128 · x + s and 2 · s are below 2^47. */
export function rowScale(op: IntegerOp<"rowScale">, prover: Prover): Fact {
  const { most } = prover.fact(op.x);
  const size = most.length / op.groups;
  const scales = Float64Array.from({ length: op.groups }, (_, g) =>
    Math.max(1, greatestOf(most.subarray(g * size, (g + 1) * size))),
  );
  return { most: scales, least: new Float64Array(op.groups).fill(1) };
}

export function quantize(op: IntegerOp<"quantize">, prover: Prover): Fact {
  ownScale(op.x, op.scale, prover);
  return digits(op.x, HIGH_MOST, prover);
}

export function quantizeRest(op: IntegerOp<"quantizeRest">, prover: Prover): Fact {
  ownScale(op.x, op.scale, prover);
  const high = prover.operation(op.high, "quantize", "its high digit");
  prover.belongs(high.x === op.x && high.scale === op.scale, "its high digit is of another row or scale");
  return digits(op.x, LOW_MOST, prover);
}

export function quantizeUnsigned(op: IntegerOp<"quantizeUnsigned">, prover: Prover): Fact {
  ownScale(op.x, op.scale, prover);
  prover.operation(op.x, "weigh", "its row, which is not negative,");
  return digits(op.x, 255, prover);
}

function digits(x: number, largest: number, prover: Prover): Fact {
  const { most, keyed } = prover.fact(x);
  return { most: most.map(() => largest), ...(keyed ? { keyed } : {}) };
}

export function sumSquares(op: IntegerOp<"sumSquares">, prover: Prover): Fact {
  const { most: q, keyed } = prover.fact(op.q);
  prover.belongs(keyed !== true, "its row has an element a key");
  const size = q.length / op.groups;
  const sum = size * greatestOf(q) ** 2;
  prover.below("a sum of squares is below 2^31", sum, NUMBER_REACH, "square a narrower row");
  return { most: new Float64Array(op.groups).fill(sum) };
}

export function normScale(op: IntegerOp<"normScale">, prover: Prover): Fact {
  prover.atLeast("epsilon has a root", op.epsilon, 1, "a norm needs an epsilon: rows may be zero");
  const norm = normOf(op, prover);
  const squares = greatestOf(prover.fact(op.squares).most) * 2 ** op.squareBits + op.epsilon;
  showExact("a sum of squares and epsilon", [squares, 2 ** op.rootBits], prover);
  if ("numerator" in op.by) {
    const { numerator } = op.by;
    showExact("a numerator times an inverse", [numerator * Math.max(norm.inverse, norm.zeroInverse)], prover);
    return factor(factorMost(norm, numerator), op, prover);
  }
  const by = op.by.scale;
  const numerators = greatestOf(prover.fact(by).most);
  showExact("a numerator times an inverse", [numerators * norm.inverse, norm.zeroInverse], prover);
  const channels = channelsOf(norm, by, prover);
  return factor(Math.max(numeratorMost(channels) * norm.inverse, norm.zeroInverse), op, prover);
}

function factor(most: number, { squares }: IntegerOp<"normScale">, prover: Prover): Fact {
  return numbers(new Float64Array(prover.fact(squares).most.length).fill(most), prover);
}

/** |x| is at most the scale of its squares' digits, so |x · r| ≤ numerator · i. */
export function normHeads(op: IntegerOp<"normHeads">, prover: Prover): Fact {
  const { rows, columns, data } = prover.table(op.vector, "floats");
  const scale = prover.operation(op.scale, "normScale", "its scale") as IntegerOp<"normScale">;
  prover.belongs("numerator" in scale.by, "its scale is a factor of digits, not of its row");
  const norm = normOf(scale, prover);
  ownNorm(op.x, norm, prover);
  prover.belongs(norm.size === columns, `its scale is of groups of ${norm.size}, its vectors have ${columns}`);
  const { numerator } = scale.by as { readonly numerator: number };
  const product = numerator * norm.inverse;
  showExact("an element times its norm's factor", [product], prover);
  const weighed = Float64Array.from(data, (w) => Math.abs(w) * shiftedMost(product, op.shift));
  showExact("a normed element times its weight", weighed, prover);
  const turned = rows * columns;
  const { most } = prover.fact(op.x);
  return numbers(
    most.map((x, i) => (i < turned ? shiftedMost(weighed[i]!, op.vectorShift) : x)),
    prover,
  );
}

export function add(op: IntegerOp<"add">, prover: Prover): Fact {
  const y = prover.fact(op.y).most;
  return numbers(
    prover.fact(op.x).most.map((x, i) => x + y[i]!),
    prover,
  );
}

export function rotate(op: IntegerOp<"rotate">, prover: Prover): Fact {
  const table = prover.table(op.table, "floats");
  const { rows, columns } = table;
  showPositions(op.table, rows, prover);
  const reach = prover.once(`rotary ${op.table}`, () => rotaryReach(table));
  const half = columns / 2;
  const turned = op.groups * columns;
  const { most } = prover.fact(op.x);
  const products = most.map((x, i) => {
    if (i >= turned) return 0;
    const within = i % columns;
    const other = most[within < half ? i + half : i - half]!;
    const pair = within % half;
    return Math.min(x * reach.cos[pair]! + other * reach.sin[pair]!, Math.hypot(x, other) * reach.length);
  });
  showExact("an element times a cosine", products.map(upper), prover);
  return numbers(
    most.map((x, i) => (i < turned ? shiftedMost(upper(products[i]!), ROTARY_BITS) : x)),
    prover,
  );
}

export function sigmoid(op: IntegerOp<"sigmoid">, prover: Prover): Fact {
  const { data } = prover.table(op.table, "integers");
  const x = prover.fact(op.x).most.subarray(0, op.width);
  showExact("a sigmoid's argument", [greatestOf(x), greatestOf(x) * 2 ** -op.shift], prover);
  return { most: new Float64Array(op.width).fill(greatestOf(data)) };
}

export function gate(op: IntegerOp<"gate">, prover: Prover): Fact {
  const x = prover.fact(op.x).most;
  const sigma = prover.fact(op.sigmoid).most;
  const gates = sigma.map((level, i) => x[i]! * level);
  showExact("a gate times its sigmoid", gates, prover);
  const products = gates.map((gate, i) => shiftedMost(gate, op.shift) * x[i + sigma.length]!);
  showExact("a gate times what it lets through", products, prover);
  return numbers(
    products.map((product) => shiftedMost(product, op.upShift)),
    prover,
  );
}

export function activate(op: IntegerOp<"activate">, prover: Prover): Fact {
  const x = prover.fact(op.x).most;
  const products = prover.fact(op.sigmoid).most.map((level, i) => x[i]! * level);
  showExact("an element times its sigmoid", products, prover);
  return numbers(
    products.map((product) => shiftedMost(product, op.shift)),
    prover,
  );
}

export function integerLogits(op: IntegerOp<"integerLogits">, prover: Prover): Fact {
  return { most: prover.fact(op.x).most.map((x) => Math.min(x, 2 ** 23)) };
}

export function signBits(op: IntegerOp<"signBits">, prover: Prover): Fact {
  return { most: new Float64Array(prover.fact(op.x).most.length / 8).fill(255) };
}
