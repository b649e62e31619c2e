import { EXACT_REACH, type IntegerFields, type IntegerKind } from "./IntegerOp.js";
import type { Op } from "./Op.js";

type Shifts<K extends IntegerKind> = { readonly [F in keyof IntegerFields[K]]: "shift" };

/** Fields that an operation of a program in integers has beside those of `Op`: all of them shifts. */
const INTEGER_FIELDS: { readonly [K in IntegerKind]: Shifts<K> } = {
  embed: { shift: "shift" },
  addPosition: {},
  multiplyChannels: { shift: "shift" },
  rowScale: {},
  quantize: {},
  quantizeRest: {},
  quantizeUnsigned: {},
  sumSquares: {},
  normScale: { squareBits: "shift", rootBits: "shift" },
  normHeads: { shift: "shift", vectorShift: "shift" },
  linear: { shift: "shift", scaleShift: "shift" },
  add: {},
  rotate: {},
  scores: { shift: "shift", scaleShift: "shift" },
  scoreMax: {},
  exponent: {},
  sum: {},
  weigh: { shift: "shift" },
  mix: { sumBits: "shift", shift: "shift" },
  sigmoid: { shift: "shift" },
  gate: { shift: "shift", upShift: "shift" },
  activate: { shift: "shift" },
  integerLogits: {},
  signBits: {},
  surprise: {},
  similarity: {},
  continuity: {},
  denominator: {},
  credit: {},
  windowSum: {},
};

/** Shifts are integers from −52 to this. */
export const SHIFT_REACH = 52;

/** Names of an operation's shifts; undefined of a kind that only floats have. */
export function shiftsOf(kind: string): readonly string[] | undefined {
  return Object.hasOwn(INTEGER_FIELDS, kind) ? Object.keys(INTEGER_FIELDS[kind as IntegerKind]) : undefined;
}

/** What makes an operation none of a program in integers; undefined where nothing does. */
export function integerFault(op: Op): string | undefined {
  const shifts = shiftsOf(op.kind);
  if (shifts === undefined) return "integers have no such operation";
  const fields = op as unknown as { readonly [name: string]: unknown };
  for (const name of shifts) {
    const shift = fields[name];
    if (typeof shift !== "number" || !Number.isInteger(shift) || Math.abs(shift) > SHIFT_REACH) {
      return `its ${name} is ${shift}, no integer in ±${SHIFT_REACH}`;
    }
  }
  if ("levels" in op && op.levels !== 1) return `levels are ${op.levels}, not 1`;
  if ("limit" in op && op.limit !== undefined) return "integers have no limits";
  if ("gridBits" in op && op.gridBits !== 0 && op.kind !== "surprise") return `its grid has ${op.gridBits} bits, not 0`;
  if (op.kind !== "normScale") return undefined;
  const constants = "numerator" in op.by ? [op.epsilon, op.by.numerator] : [op.epsilon];
  const wrong = constants.find((constant) => !Number.isInteger(constant) || constant < 0 || constant >= EXACT_REACH);
  return wrong === undefined ? undefined : `a constant is ${wrong}, no integer in [0, 2^52)`;
}
