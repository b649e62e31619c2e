/**
 * What digits stand for. For a row x of scale s in L levels, and v its digits (high, or high + low/128), where s is not
 * limited below max|x|:
 *
 *   |x_i/s| ≤ L·(1 + 2^-22), so |high| ≤ L, equal to L at the greatest |x_i| unless that is below the guard;
 *   |x_i − s·v_i| ≤ s·h, with h = ½ + L ulp of one digit: fl(x/s) rounds once, to an integer then. Of two digits fl(high·s)
 *   errs by 127 ulp of s, which the low digit sees 128 times as large, so h = (½ + 2^-9)/128 and |low| ≤ 64;
 *   |s·v_i| ≤ 2·|x_i|, because an integer nearest to z is at most 2z.
 *
 * A limit only makes |v| smaller: |s·v_i| keeps both bounds, and digits their ends.
 */
import { SCALE_GUARD } from "../program/Op.js";
import { type Effort, type Fact, lengthOf } from "./Fact.js";
import { rounded } from "./rounding.js";

/** One digit, two, or one without sign. */
export type DigitKind = "one" | "two" | "unsigned";

/** How far s·v may be from x, in steps of s. */
export const HALF_STEP: { readonly [kind in DigitKind]: number } = {
  one: 0.5 + 2 ** -16,
  two: (0.5 + 2 ** -9) / 128,
  unsigned: 0.5 + 2 ** -15,
};
/** |s·v| over |x|. */
export const DOUBLING = 2 * (1 + 2 ** -20);
/** Where digits end: of the high one, and what both can stand for. */
const END = { one: 127, two: 127, unsigned: 255 } as const;
const LOW = 127;
const USUAL_LOW = 64;

export interface DigitForm {
  readonly groups: number;
  readonly levels: number;
  readonly kind: DigitKind;
  /** `[groups]` */
  readonly limits?: ArrayLike<number> | undefined;
}

export interface DigitBounds {
  /** `[groups]`: of the scale. */
  readonly scale: { readonly least: Float64Array; readonly most: Float64Array };
  /** Whether a limit may make digits of some group stand for less than it holds. */
  readonly saturates: boolean;
  /** `[groups]`: |x/s|, and the greatest digits. */
  readonly quotient: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  /** `[length]`: |s·v_i| at most. */
  readonly most: Float64Array;
  /** Euclidean length of s·v of a group at most. */
  readonly length: (group: number, effort: Effort) => number;
}

export function digitBounds(x: Fact, { groups, levels, kind, limits }: DigitForm): DigitBounds {
  const size = x.most.length / groups;
  const scale = { least: new Float64Array(groups), most: new Float64Array(groups) };
  const quotient = new Float64Array(groups);
  const high = new Float64Array(groups);
  const low = new Float64Array(groups);
  const most = new Float64Array(x.most.length);
  let saturates = false;
  for (let g = 0; g < groups; g++) {
    let magnitude = SCALE_GUARD;
    for (let i = g * size; i < (g + 1) * size; i++) magnitude = Math.max(magnitude, x.most[i]!);
    const limit = Math.min(magnitude, limits?.[g] ?? magnitude);
    const limited = limit < magnitude;
    saturates ||= limited;
    scale.least[g] = (Math.min(SCALE_GUARD, limit) / levels) * (1 - 2 ** -23);
    scale.most[g] = rounded(limit / levels);
    quotient[g] = rounded((magnitude / limit) * levels * (1 + 2 ** -22));
    high[g] = limited ? END[kind] : Math.min(END[kind], levels);
    low[g] = limited ? LOW : USUAL_LOW;

    const step = scale.most[g]! * HALF_STEP[kind];
    const below = kind !== "two" ? 0 : limited ? LOW / 128 : 2 ** -7;
    const end = scale.most[g]! * (high[g]! + below);
    for (let i = g * size; i < (g + 1) * size; i++) {
      const element = x.most[i]!;
      most[i] = rounded(Math.min(DOUBLING * element, element + step, end));
    }
  }
  const length = (g: number, effort: Effort): number => {
    const [from, to] = [g * size, (g + 1) * size];
    const moved = scale.most[g]! * HALF_STEP[kind] * Math.sqrt(size);
    return rounded(Math.min(lengthOf({ most }, from, to, effort), lengthOf(x, from, to, effort) + moved));
  };
  return { scale, saturates, quotient, high, low, most, length };
}
