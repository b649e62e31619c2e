import { type Op, SCALE_GUARD } from "../program/Op.js";
import { assertBound, digit, fl, roundClamped } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

export function rowScale(op: Op & { kind: "rowScale" }, site: Site): Kernel {
  const x = site.row(op.x);
  const size = x.length / op.groups;
  return (g) => scaleOf(op, site, g, greatestMagnitude(x.subarray(g * size, (g + 1) * size) as Float32Array));
}

export function greatestMagnitude(x: Float32Array): number {
  let greatest = 0;
  for (const element of x) greatest = Math.max(greatest, Math.abs(fl(element)));
  return greatest;
}

/** The scale of group g, whose greatest magnitude is known. */
export function scaleOf(op: Op & { kind: "rowScale" }, site: Site, g: number, magnitude: number): number {
  const guarded = Math.max(magnitude, SCALE_GUARD);
  const limit = op.limit === undefined ? guarded : site.table(op.limit, "floats").data[g]!;
  assertBound(limit > 0, "a limit is positive", limit);
  return fl(Math.min(guarded, limit) / op.levels);
}

export function quantize(op: Op & { kind: "quantize" }, site: Site): Kernel {
  const { x, scale } = scaled(op, site);
  return (i) => roundClamped(fl(x[i]! / scale(i)), -127, 127);
}

export function quantizeUnsigned(op: Op & { kind: "quantizeUnsigned" }, site: Site): Kernel {
  const { x, scale } = scaled(op, site);
  return (i) => roundClamped(fl(x[i]! / scale(i)), 0, 255);
}

export function quantizeRest(op: Op & { kind: "quantizeRest" }, site: Site): Kernel {
  const { x, scale } = scaled(op, site);
  const high = site.row(op.high);
  return (i) => {
    const rest = fl(x[i]! - fl(digit(high[i]!) * scale(i)));
    return roundClamped(fl(rest / fl(scale(i) / 128)), -127, 127);
  };
}

function scaled(op: { readonly x: number; readonly scale: number }, site: Site) {
  const x = site.row(op.x);
  const scales = site.row(op.scale);
  const size = x.length / scales.length;
  return { x, scale: (i: number) => scales[Math.floor(i / size)]! };
}
