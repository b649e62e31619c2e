import type { IntegerOp } from "../../program/IntegerOp.js";
import { digit } from "../arithmetic.js";
import type { Kernel, Site } from "../Kernel.js";
import { constant, exact, shifted } from "./arithmetic.js";

export function embed(op: IntegerOp<"embed">, site: Site): Kernel {
  const { columns, high, low, scales } = site.table(op.table, "matrix");
  const token = site.token();
  return (i) => {
    const at = token * columns + i;
    const e = low === undefined ? digit(high[at]!) : 128 * digit(high[at]!) + digit(low[at]!);
    return shifted(e * constant(scales[token]!), op.shift);
  };
}

export function addPosition(op: IntegerOp<"addPosition">, site: Site): Kernel {
  const { columns, data } = site.table(op.table, "floats");
  const x = site.row(op.x);
  return (i) => exact(x[i]! + constant(data[site.position * columns + i]!));
}
