/**
 * Integers in f64 tensors: multiplied, shifted and divided, as `IntegerOp` defines it.
 *
 * What a device has to do exactly, of integers below 2^53 and of such over a power of two: add, subtract and multiply where
 * the result is one of them too, take the floor, the lesser and the greater, convert. That is true of whatever computes
 * binary64 at all. Quotients and roots are estimates only, which may be wrong in their last place: an exact remainder mends
 * them.
 */
import type { Value } from "../../../onnx/graph.js";
import type { TableName } from "../../program/Op.js";
import { cast } from "../codes/cast.js";
import type { Lowering } from "../Lowering.js";

/** p ≫ bits */
export function shifted(lowering: Lowering, p: Value, bits: number): Value {
  return rounded(lowering, scaled(lowering, p, -bits), bits);
}

/** (x · y) ≫ bits, y a number a row or so: what is moved by the shift is the smaller of both. */
export function scaledProduct(lowering: Lowering, x: Value, y: Value, bits: number): Value {
  return rounded(lowering, lowering.graph.mul(x, scaled(lowering, y, -bits)), bits);
}

/** (x · y) ≫ bits of tensors of one shape. */
export function product(lowering: Lowering, x: Value, y: Value, bits: number): Value {
  return shifted(lowering, lowering.graph.mul(x, y), bits);
}

/** Elements `from` to `to` of a table of one row, or multipliers of these rows of a matrix. */
interface TablePart {
  readonly table: TableName;
  readonly from: number;
  readonly to: number;
  /** One row if absent. */
  readonly shape?: readonly number[];
}

/** (x · c) ≫ bits, c constants of a table, or what is fed of it. */
export function timesTable(lowering: Lowering, x: Value, part: TablePart, bits: number): Value {
  const { graph, program } = lowering;
  const { table, from, to, shape = [to - from] } = part;
  const found = program.tables.get(table);
  const suffix = found?.kind === "matrix" ? ".scales" : "";
  const name = `${table}${suffix}.${from}.${to}`;
  const factors = lowering.once(`${name}.by.${-bits}`, () => {
    if (lowering.isFed(table)) {
      return scaled(lowering, lowering.reshape(lowering.fed(name, [to - from]), shape), -bits);
    }
    const constants = found?.kind === "matrix" ? found.scales : lowering.floats(table).data;
    const moved = Float64Array.from(constants.subarray(from, to), (constant) => constant * 2 ** -bits);
    return graph.constant(`${name}.by.${-bits}`, moved, shape);
  });
  return rounded(lowering, graph.mul(x, factors), bits);
}

/** ⌊x + ½⌋ of multiples of 2^-bits; nothing to do where they are integers. */
export function rounded(lowering: Lowering, x: Value, bits: number): Value {
  const { graph } = lowering;
  return bits <= 0 ? x : floor(lowering, graph.add(x, graph.scalar(0.5)));
}

/** a ÷ b of few numbers: the estimate is at most one off. */
export function quotient(lowering: Lowering, a: Value, b: Value): Value {
  const { graph } = lowering;
  const estimate = floor(lowering, graph.div(a, b));
  const rest = graph.sub(a, graph.mul(estimate, b));
  const below = clip(lowering, rest, -1, 0);
  const above = clip(lowering, graph.sub(rest, graph.sub(b, graph.scalar(1))), 0, 1);
  return graph.add(graph.add(estimate, below), above);
}

/** By how much an estimate is lowered, so that it is never above: more than a quotient up to 2^14 may be wrong. */
const MARGIN = 2 ** -20;

/**
 * The integer nearest to levels · x / s, half up: (2 · levels · x + s) ÷ (2 · s).
 * @param x `[n, width]`, |x| ≤ s @param scale s, `[n]`
 */
export function nearest(lowering: Lowering, x: Value, scale: Value, levels: number): Value {
  const { graph } = lowering;
  const s = lowering.reshape(scale, [scale.shape[0]!, 1]);
  const slope = lowering.once(`slope.${s.name}.${levels}`, () => graph.div(graph.scalar(levels), s));
  const twice = lowering.once(`twice.${s.name}`, () => graph.mul(s, graph.scalar(2)));
  const least = lowering.once(`least.${s.name}`, () => graph.sub(s, graph.scalar(1)));
  // The quotient or one below it: one below where 2·levels·x − s·(2·estimate + 1) is not negative.
  const estimate = floor(lowering, graph.add(graph.mul(x, slope), graph.scalar(0.5 - MARGIN)));
  const numerator = graph.mul(x, graph.scalar(2 * levels));
  const missing = graph.sub(numerator, graph.add(graph.mul(estimate, twice), least));
  return graph.add(estimate, clip(lowering, missing, 0, 1));
}

/** ⌊√n⌋: the estimate is at most one off. */
export function floorRoot(lowering: Lowering, n: Value): Value {
  const { graph } = lowering;
  const estimate = floor(lowering, graph.sqrt(n));
  const rest = graph.sub(n, graph.mul(estimate, estimate));
  const below = clip(lowering, rest, -1, 0);
  const above = clip(lowering, graph.sub(rest, graph.mul(estimate, graph.scalar(2))), 0, 1);
  return graph.add(graph.add(estimate, below), above);
}

/** A of sums of products of digits k and m at [k][m]. */
export function joined(lowering: Lowering, sums: readonly (readonly Value[])[]): Value {
  const { graph } = lowering;
  if (sums.length === 1 && sums[0]!.length === 1) return sums[0]![0]!;
  let total: Value | undefined;
  for (const [k, row] of sums.entries()) {
    for (const [m, sum] of row.entries()) {
      // All but the product of both low digits are integers after the shift.
      const part = shifted(lowering, sum, 7 * (k + m - 1));
      total = total === undefined ? part : graph.add(total, part);
    }
  }
  return total!;
}

/** table[index] as f64. */
export function lookUp(lowering: Lowering, name: string, table: Float64Array, index: Value): Value {
  const { graph } = lowering;
  const constant = lowering.once(`${name}.f64`, () => graph.constant(`${name}.f64`, table, [table.length]));
  const ids = cast(lowering, index, "int32");
  return graph.custom("Gather", [constant, ids], "float64", index.shape, { attributes: { axis: 0 } });
}

export function clip(lowering: Lowering, x: Value, least: number, most: number): Value {
  const { graph } = lowering;
  return graph.custom("Clip", [x, graph.scalar(least), graph.scalar(most)], x.type, x.shape);
}

function floor(lowering: Lowering, x: Value): Value {
  return lowering.graph.custom("Floor", [x], x.type, x.shape);
}

/** x · 2^bits */
export function scaled(lowering: Lowering, x: Value, bits: number): Value {
  const { graph } = lowering;
  if (bits === 0) return x;
  return lowering.once(`${x.name}.by.${bits}`, () => graph.mul(x, graph.scalar(2 ** bits)));
}
