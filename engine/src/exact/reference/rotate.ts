import type { Op } from "../program/Op.js";
import { fl } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

export function rotate(op: Op & { kind: "rotate" }, site: Site): Kernel {
  const x = site.row(op.x);
  const { columns, data } = site.table(op.table, "floats");
  const half = columns / 2;
  const cos = data.subarray(site.position * columns, site.position * columns + half);
  const sin = data.subarray(site.position * columns + half, (site.position + 1) * columns);
  return (i) => {
    if (i >= op.groups * columns) return x[i]!;
    const within = i % columns;
    if (within < half) return fl(fl(x[i]! * cos[within]!) + fl(-x[i + half]! * sin[within]!));
    return fl(fl(x[i]! * cos[within - half]!) + fl(x[i - half]! * sin[within - half]!));
  };
}
