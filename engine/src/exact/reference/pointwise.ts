import type { Op } from "../program/Op.js";
import { clamp, fl, gridConstant, roundClamped } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

export function multiplyChannels(op: Op & { kind: "multiplyChannels" }, site: Site): Kernel {
  const x = site.row(op.x);
  const { data } = site.table(op.vector, "floats");
  return (i) => fl(x[i]! * data[i]!);
}

export function add(op: Op & { kind: "add" }, site: Site): Kernel {
  const x = site.row(op.x);
  const y = site.row(op.y);
  return (i) => fl(x[i]! + y[i]!);
}

export function cubic(op: Op & { kind: "cubic" }, site: Site): Kernel {
  const x = site.row(op.x);
  return (i) => fl(x[i]! * fl(fl(fl(x[i]! * x[i]!) * op.a) + op.b));
}

export function sigmoid(op: Op & { kind: "sigmoid" }, site: Site): Kernel {
  const x = site.row(op.x);
  const { data } = site.table(op.table, "integers");
  return (i) => data[sigmoidPoint(op.gridBits, data.length, x[i]!)]!;
}

/**
 * Point of a table of `points` sigmoids that x is rounded to. Between ±2^(22 − gridBits), x + C is rounded to the grid;
 * outside, to something as far from zero as that at least, which the table's ends take: their half is below 2^22.
 */
export function sigmoidPoint(gridBits: number, points: number, x: number): number {
  const half = (points - 1) / 2;
  const constant = gridConstant(gridBits);
  const t = fl(fl(x + constant) - constant) * 2 ** gridBits;
  return clamp(t, -half, half) + half;
}

export function gate(op: Op & { kind: "gate" }, site: Site): Kernel {
  const x = site.row(op.x);
  const sigma = site.row(op.sigmoid);
  return (i) => fl(fl(x[i]! * sigma[i]!) * x[i + sigma.length]!);
}

export function activate(op: Op & { kind: "activate" }, site: Site): Kernel {
  const x = site.row(op.x);
  const sigma = site.row(op.sigmoid);
  return (i) => fl(x[i]! * sigma[i]!);
}

export function integerLogits(op: Op & { kind: "integerLogits" }, site: Site): Kernel {
  const x = site.row(op.x);
  return (i) => roundClamped(fl(x[i]! * 2 ** 12), -(2 ** 23), 2 ** 23);
}

export function signBits(op: Op & { kind: "signBits" }, site: Site): Kernel {
  const x = site.row(op.x);
  return (byte) => {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++) if (fl(x[8 * byte + bit]!) > 0) bits |= 1 << bit;
    return bits;
  };
}
