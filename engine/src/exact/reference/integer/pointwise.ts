import type { IntegerOp } from "../../program/IntegerOp.js";
import { clamp } from "../arithmetic.js";
import type { Kernel, Site } from "../Kernel.js";
import { constant, shifted } from "./arithmetic.js";

export function multiplyChannels(op: IntegerOp<"multiplyChannels">, site: Site): Kernel {
  const x = site.row(op.x);
  const { data } = site.table(op.vector, "floats");
  return (i) => shifted(x[i]! * constant(data[i]!), op.shift);
}

export function add(op: IntegerOp<"add">, site: Site): Kernel {
  const x = site.row(op.x);
  const y = site.row(op.y);
  return (i) => x[i]! + y[i]!;
}

export function sigmoid(op: IntegerOp<"sigmoid">, site: Site): Kernel {
  const x = site.row(op.x);
  const { data } = site.table(op.table, "integers");
  return (i) => data[sigmoidPoint(op.shift, data.length, x[i]!)]!;
}

/** Point of a table of `points` sigmoids that x is rounded to. */
export function sigmoidPoint(shift: number, points: number, x: number): number {
  const half = (points - 1) / 2;
  return clamp(shifted(x, shift), -half, half) + half;
}

export function gate(op: IntegerOp<"gate">, site: Site): Kernel {
  const x = site.row(op.x);
  const sigma = site.row(op.sigmoid);
  return (i) => shifted(shifted(x[i]! * sigma[i]!, op.shift) * x[i + sigma.length]!, op.upShift);
}

export function activate(op: IntegerOp<"activate">, site: Site): Kernel {
  const x = site.row(op.x);
  const sigma = site.row(op.sigmoid);
  return (i) => shifted(x[i]! * sigma[i]!, op.shift);
}

/** Greatest magnitude of a logit, as sampling takes it. */
const LOGIT_REACH = 2 ** 23;

export function integerLogits(op: IntegerOp<"integerLogits">, site: Site): Kernel {
  const x = site.row(op.x);
  return (i) => clamp(x[i]!, -LOGIT_REACH, LOGIT_REACH);
}

export function signBits(op: IntegerOp<"signBits">, site: Site): Kernel {
  const x = site.row(op.x);
  return (byte) => {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++) if (x[8 * byte + bit]! > 0) bits |= 1 << bit;
    return bits;
  };
}
