import type { Op } from "../program/Op.js";
import { digit, fl } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

export function embed(op: Op & { kind: "embed" }, site: Site): Kernel {
  const { columns, high, low, scales } = site.table(op.table, "matrix");
  const token = site.token();
  return (i) => {
    const at = token * columns + i;
    const e = low === undefined ? digit(high[at]!) : 128 * digit(high[at]!) + digit(low[at]!);
    return fl(e * (low === undefined ? scales[token]! : fl(scales[token]! / 128)));
  };
}

export function addPosition(op: Op & { kind: "addPosition" }, site: Site): Kernel {
  const { columns, data } = site.table(op.table, "floats");
  const x = site.row(op.x);
  return (i) => fl(x[i]! + data[site.position * columns + i]!);
}
