import { Random } from "@openledger/engine";
import { CardError } from "./CardError.js";

/** What is retrained on, see `CardRegime`; `gen` is `rec` for other texts. */
export const RETRAINED_REGIMES = ["rec", "con", "fresh"] as const;
export type RetrainedRegime = (typeof RETRAINED_REGIMES)[number];

/** Fewer records, or contributors, have too few halves for a rank correlation. */
const FEWEST = 6;
/** Draws of a half that was drawn before, after which there are taken to be no others. */
const REPEATS = 1000;

/**
 * Halves of a model's records, no two alike, the same ones for everybody: of the records, or of the contributors with all that is
 * theirs. Where there are fewer halves than asked for, about all of them.
 *
 * @param contributors `[records]`, whose each is
 * @returns numbers of records, ascending
 * @throws CardError `too_little` for fewer than 6 records or contributors
 */
export function drawSubsets(
  regime: RetrainedRegime,
  contributors: readonly string[],
  count: number,
): readonly (readonly number[])[] {
  const owners = contributors.map((name) => name.toLowerCase());
  const units = regime === "con" ? [...new Set(owners)] : [...owners.keys()];
  if (units.length < FEWEST) {
    const what = regime === "con" ? "contributors" : "records";
    throw new CardError(
      "too_little",
      `${regime} takes halves of ${FEWEST} ${what} or more, the model has ${units.length}; ask for other --regimes`,
    );
  }
  const random = new Random(1);
  const drawn = new Map<string, readonly number[]>();
  for (let repeats = 0; drawn.size < count && repeats < REPEATS; ) {
    const half = new Set(random.shuffle([...units]).slice(0, Math.floor(units.length / 2)));
    const subset = [...owners.keys()].filter((record) => half.has(regime === "con" ? owners[record]! : record));
    const key = subset.join(" ");
    if (drawn.has(key)) repeats++;
    else drawn.set(key, subset);
  }
  return [...drawn.values()];
}
