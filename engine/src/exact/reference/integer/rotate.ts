import { type IntegerOp, ROTARY_BITS } from "../../program/IntegerOp.js";
import type { Kernel, Site } from "../Kernel.js";
import { constant, shifted } from "./arithmetic.js";

export function rotate(op: IntegerOp<"rotate">, site: Site): Kernel {
  const x = site.row(op.x);
  const { columns, data } = site.table(op.table, "floats");
  const half = columns / 2;
  const at = site.position * columns;
  return (i) => {
    if (i >= op.groups * columns) return x[i]!;
    const within = i % columns;
    const pair = within % half;
    const [cos, sin] = [constant(data[at + pair]!), constant(data[at + half + pair]!)];
    const turned = within < half ? -x[i + half]! * sin : x[i - half]! * sin;
    return shifted(x[i]! * cos + turned, ROTARY_BITS);
  };
}
