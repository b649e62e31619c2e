import { DIGIT_LEVELS, INTEGER_GUARD, type IntegerOp, PAIR_LEVELS, UNSIGNED_LEVELS } from "../../program/IntegerOp.js";
import { digit } from "../arithmetic.js";
import type { Kernel, Site } from "../Kernel.js";
import type { Row } from "../Row.js";
import { magnitude, quotient } from "./arithmetic.js";

export function rowScale(op: IntegerOp<"rowScale">, site: Site): Kernel {
  const x = site.row(op.x);
  const size = x.length / op.groups;
  return (g) => guarded(greatestMagnitude(x.subarray(g * size, (g + 1) * size)));
}

export function greatestMagnitude(x: Row): number {
  let greatest = 0;
  for (const element of x) greatest = Math.max(greatest, magnitude(element));
  return greatest;
}

export function guarded(greatest: number): number {
  return Math.max(greatest, INTEGER_GUARD);
}

export function quantize(op: IntegerOp<"quantize">, site: Site): Kernel {
  return inSteps(op, site, DIGIT_LEVELS);
}

export function quantizeUnsigned(op: IntegerOp<"quantizeUnsigned">, site: Site): Kernel {
  return inSteps(op, site, UNSIGNED_LEVELS);
}

export function quantizeRest(op: IntegerOp<"quantizeRest">, site: Site): Kernel {
  const pair = inSteps(op, site, PAIR_LEVELS);
  const high = site.row(op.high);
  return (i) => pair(i) - 128 * digit(high[i]!);
}

/** The integer nearest to levels · x_i / s, half up. */
function inSteps(op: { readonly x: number; readonly scale: number }, site: Site, levels: number): Kernel {
  const x = site.row(op.x);
  const scales = site.row(op.scale);
  const size = x.length / scales.length;
  return (i) => {
    const s = scales[Math.floor(i / size)]!;
    return quotient(2 * levels * x[i]! + s, 2 * s);
  };
}
