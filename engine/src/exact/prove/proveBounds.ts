/**
 * Why a program that is taken can never break a bound, for any tokens at up to `maxPositions` positions, on any machine.
 *
 * THEOREM. For every operation and every row that it can make, |x_i| ≤ most_i and x_i ≥ least_i as reported, and no
 * assertion of the reference interpreter fails: floats are finite, divisors are positive, digits and table indices are in
 * range, and every sum of integers is exact in every order, in the int32, binary32 or binary64 that adds it up.
 *
 * PROOF, by induction over operations. Each has a rule (`ruleOf`) that takes what is known of its inputs to what is known
 * of its row. Rules are of three kinds.
 *
 * 1. Magnitudes, element by element. The real result is bounded by |+|, |×| of the inputs' bounds, and what binary32 makes
 *    of it by `rounded`: 2^-24 of it, 2^-150 below the normal range. So bounds of a residual stream grow by what is added
 *    to it, layer by layer, and by nothing else: whatever stands between is normed. Gates and cubics multiply bounds.
 * 2. Digits (`digitBounds`): s·v is within half a step of x and at most 2·|x|; the guard 2^-100 keeps s and s/128 normal. A
 *    sum of products of digits is at most Σ|w|·127 of the weights that there are: below 2^31 as a whole, below 2^24 in runs of
 *    1,024. Squares sum below 2^24 by the number of levels; exponentials by the number of keys times the table's greatest;
 *    products with weights of up to 255 below 2^31 by the number of keys.
 * 3. Euclidean lengths, where magnitudes would say too little. A row over its root mean square has a bounded length, whatever
 *    the row (`norm`): epsilon ≥ 2^-100 makes up for what squares lose, and `spread` for what digits hide. So a linear after
 *    a norm makes at most ‖W_n‖ · length + |b_n| (Cauchy and Schwarz), a head of it at most σ(W) · length + ‖b‖
 *    (`spectralNorm`), a turned head √(cos² + sin²) of that, and a normed one √D · max|w|. A score is at most the product of
 *    its query's and its key's lengths, and must be below 2^(22 − gridBits): the sum with the grid's constant is then a
 *    multiple of 2^-gridBits, so that differences of scores are exact and index their table.
 *
 * 4. Integers of attribution, in binary64 and two digits in base 2^24: weights add up below 2^45, a record's values below
 *    2^24, denominators and dividends below 2^52, so that a quotient's floor is exact. A record's sum is a part of what it is
 *    divided by: all credits of a token are at most 127 · 2^16 together.
 *
 * A program in integers has rules of its own (`integer/`). Numbers are below 2^31, and whatever is shifted or divided below 2^52:
 * magnitudes grow by half a unit with each shift, digits stand for what is nearest (`steps`), and a factor of a norm times the
 * digits that it belongs to is bounded by lengths of rows of weights alone (`norm`), so that no proof needs more of heads than
 * their elements.
 *
 * Nothing but tables and operations is read: a program from a file is proven as one that was just compiled. What rests on
 * inputs being made of one another (digits in steps of their own row's maximum, a norm's squares of its own row, maxima and
 * sums of their own scores) is checked, and a program that is put together otherwise is refused.
 */
import type { Program } from "../program/Program.js";
import { shapesOf } from "../reference/shapes.js";
import type { BoundsReport } from "./BoundsReport.js";
import { Prover } from "./Prover.js";

/**
 * Proves every bound that a program's arithmetic relies on. Reads each table once or twice: a second or two for 135 M weights.
 *
 * @throws ExactError `bound_unprovable` with operation, bound, what was found and what to do; `program_malformed` where
 * operations or tables do not fit one another
 */
export function proveBounds(program: Program): BoundsReport {
  shapesOf(program);
  const prover = new Prover(program);
  prover.advance();
  return { ops: prover.proven };
}
