import type { Op } from "../program/Op.js";
import { type Fact, greatestOf, lengthOf } from "./Fact.js";
import { channelFactors } from "./norm.js";
import type { Prover } from "./Prover.js";
import { rotaryReach } from "./rotaryReach.js";
import { FLOAT_REACH, rounded } from "./rounding.js";

const FINITE = "a float is finite";
const SMALLER = "make the weights before it smaller";

/** Elements of a row, each |x_i| at most; whatever is not finite is refused here. */
function floats(most: Float64Array, prover: Prover): Fact {
  prover.below(FINITE, greatestOf(most), FLOAT_REACH, SMALLER);
  return { most };
}

export function embed(op: Op & { kind: "embed" }, prover: Prover): Fact {
  const { rows, columns, high, low, scales } = prover.table(op.table, "matrix");
  const { vocabulary } = prover.shape;
  prover.atLeast("every token has a row", rows, vocabulary, `give "${op.table}" ${vocabulary} rows`);
  const most = new Float64Array(columns);
  for (let token = 0, at = 0; token < rows; token++) {
    const scale = scales[token]!;
    for (let i = 0; i < columns; i++, at++) {
      const e = low === undefined ? high[at]! : high[at]! + low[at]! / 128;
      most[i] = Math.max(most[i]!, Math.abs(e) * scale);
    }
  }
  return floats(most.map(rounded), prover);
}

export function addPosition(op: Op & { kind: "addPosition" }, prover: Prover): Fact {
  const { rows, columns, data } = prover.table(op.table, "floats");
  showPositions(op.table, rows, prover);
  const offsets = new Float64Array(columns);
  for (let at = 0; at < data.length; at += columns) {
    for (let i = 0; i < columns; i++) offsets[i] = Math.max(offsets[i]!, Math.abs(data[at + i]!));
  }
  const x = prover.fact(op.x).most;
  return floats(
    x.map((element, i) => rounded(element + offsets[i]!)),
    prover,
  );
}

export function multiplyChannels(op: Op & { kind: "multiplyChannels" }, prover: Prover): Fact {
  const factors = channelFactors(op, prover);
  return floats(
    prover.fact(op.x).most.map((element, i) => rounded(element * factors[i]!)),
    prover,
  );
}

export function add(op: Op & { kind: "add" }, prover: Prover): Fact {
  const x = prover.fact(op.x);
  const y = prover.fact(op.y);
  const most = x.most.map((element, i) => rounded(element + y.most[i]!));
  return {
    ...floats(most, prover),
    length: (from, to, effort) =>
      (lengthOf(x, from, to, effort) + lengthOf(y, from, to, effort)) * (1 + 2 ** -23) + 2 ** -140,
  };
}

/** Each pair is turned: ‖y‖ ≤ √(cos² + sin²)·‖x‖, and 2 half units of |x|·|cos| + |z|·|sin|, which are √2 times as long. */
export function rotate(op: Op & { kind: "rotate" }, prover: Prover): Fact {
  const x = prover.fact(op.x);
  const table = prover.table(op.table, "floats");
  const { rows, columns } = table;
  showPositions(op.table, rows, prover);
  const reach = prover.once(`rotary ${op.table}`, () => rotaryReach(table));
  const largest = Math.max(greatestOf(reach.cos), greatestOf(reach.sin));
  prover.below("cos and sin are in ±1", largest, 1 + 2 ** -24, `mend "${op.table}"`);
  const half = columns / 2;
  const turned = op.groups * columns;
  const most = x.most.map((element, i) => {
    if (i >= turned) return element;
    const within = i % columns;
    const other = x.most[within < half ? i + half : i - half]!;
    const pair = within % half;
    const sum = rounded(element * reach.cos[pair]!) + rounded(other * reach.sin[pair]!);
    return rounded(Math.min(sum, Math.hypot(element, other) * reach.length * (1 + 2 ** -22)));
  });
  return {
    ...floats(most, prover),
    length(from, to, effort) {
      if (from < turned && (from % columns !== 0 || to % columns !== 0)) return Number.POSITIVE_INFINITY;
      const before = lengthOf(x, from, to, effort);
      return from < turned ? before * reach.length * (1 + 2 ** -21) + 2 ** -140 : before;
    },
  };
}

export function cubic(op: Op & { kind: "cubic" }, prover: Prover): Fact {
  const x = prover.fact(op.x).most;
  const squares = floats(
    x.map((element) => rounded(element * element)),
    prover,
  ).most;
  const scaled = floats(
    squares.map((square) => rounded(square * Math.abs(op.a))),
    prover,
  ).most;
  const slopes = floats(
    scaled.map((slope) => rounded(slope + Math.abs(op.b))),
    prover,
  ).most;
  return floats(
    x.map((element, i) => rounded(element * slopes[i]!)),
    prover,
  );
}

export function sigmoid(op: Op & { kind: "sigmoid" }, prover: Prover): Fact {
  const { data } = prover.table(op.table, "integers");
  const x = greatestOf(prover.fact(op.x).most.subarray(0, op.width));
  const constant = 1.5 * 2 ** (23 - op.gridBits);
  const argument = rounded(rounded(x + constant) + constant) * 2 ** op.gridBits;
  prover.below("a sigmoid's argument is finite", argument, FLOAT_REACH, SMALLER);
  return { most: new Float64Array(op.width).fill(greatestOf(data)) };
}

export function gate(op: Op & { kind: "gate" }, prover: Prover): Fact {
  const x = prover.fact(op.x).most;
  const sigma = prover.fact(op.sigmoid).most;
  const gates = floats(
    sigma.map((level, i) => rounded(x[i]! * level)),
    prover,
  ).most;
  return floats(
    gates.map((gate, i) => rounded(gate * x[i + sigma.length]!)),
    prover,
  );
}

export function activate(op: Op & { kind: "activate" }, prover: Prover): Fact {
  const x = prover.fact(op.x).most;
  return floats(
    prover.fact(op.sigmoid).most.map((level, i) => rounded(x[i]! * level)),
    prover,
  );
}

export function integerLogits(op: Op & { kind: "integerLogits" }, prover: Prover): Fact {
  const scaled = floats(
    prover.fact(op.x).most.map((element) => rounded(element * 2 ** 12)),
    prover,
  );
  return { most: scaled.most.map((element) => Math.min(Math.ceil(element), 2 ** 23)) };
}

export function signBits(op: Op & { kind: "signBits" }, prover: Prover): Fact {
  return { most: new Float64Array(prover.fact(op.x).most.length / 8).fill(255) };
}

export function showPositions(table: string, rows: number, prover: Prover): void {
  const { maxPositions } = prover.shape;
  const advice = `give "${table}" more rows, or compile for ${rows} positions`;
  prover.atLeast("every position has a row", rows, maxPositions, advice);
}
