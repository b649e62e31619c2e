/**
 * On what grid a layer's scores are taken, and what keeps them there: nothing where the weights alone do, as in ordinary
 * models. A coarser grid is tried before limits of heads' maxima, which cut what is above them: a score is off by half a
 * step of its grid at most, which is little beside what 8 bits of queries and keys lose even on the coarsest.
 */
import type { AttentionShape } from "../program/Op.js";
import type { ExponentGrid, TierSettings } from "../program/tiers.js";
import { scoresOf } from "../prove/attentionRules.js";
import { digitBounds } from "../prove/digitBounds.js";
import { type Effort, type Fact, greatestOf } from "../prove/Fact.js";
import { scoreReach } from "../prove/rounding.js";

export interface ScoreGrid {
  readonly grid: ExponentGrid;
  /** `[heads + 2·kvHeads]` */
  readonly limits: Float32Array | undefined;
}

const LEVELS = 127;
const UNLIMITED = 2 ** 60;
/** What limits aim at, of where a grid ends: roundings of the limits themselves. */
const AIM = 1 - 2 ** -12;

/** @param y what is known of queries, keys and values before they are quantised. */
export function scoreGrid(y: Fact, shape: AttentionShape, settings: TierSettings): ScoreGrid {
  const heads = new Heads(y, shape, settings.attentionDigits);
  for (const effort of ["rough", "close"] as const) {
    const largest = greatestOf(heads.scores(heads.lengths(effort)));
    const grid = settings.exponents.find(({ gridBits }) => largest < scoreReach(gridBits));
    // The finest at once, a coarser one only when nothing closer is known.
    if (grid !== undefined && (grid === settings.exponents[0] || effort === "close"))
      return { grid, limits: undefined };
  }
  const grid = settings.exponents.at(-1)!;
  return { grid, limits: heads.limits(scoreReach(grid.gridBits) * AIM) };
}

class Heads {
  constructor(
    private readonly y: Fact,
    private readonly shape: AttentionShape,
    private readonly digits: 1 | 2,
  ) {}

  /** `[heads + kvHeads]` of what digits without limits stand for. */
  lengths(effort: Effort): Float64Array {
    const { heads, kvHeads } = this.shape;
    const { length } = digitBounds(this.y, { groups: heads + 2 * kvHeads, levels: LEVELS, kind: this.kind });
    return Float64Array.from({ length: heads + kvHeads }, (_, head) => length(head, effort));
  }

  scores(lengths: Float64Array): Float64Array {
    return scoresOf(this.shape, this.digits, lengths);
  }

  /** Heads that reach too far together are shortened alike; the others keep all that they have. */
  limits(reach: number): Float32Array {
    const { heads, kvHeads } = this.shape;
    const lengths = this.lengths("close");
    const scores = this.scores(lengths);
    const limits = new Float32Array(heads + 2 * kvHeads).fill(UNLIMITED);
    for (let key = heads; key < heads + kvHeads; key++) {
      const queries = Array.from({ length: heads / kvHeads }, (_, i) => ((key - heads) * heads) / kvHeads + i);
      const most = Math.max(...queries.map((query) => scores[query]!));
      if (most < reach) continue;
      const part = Math.sqrt(reach / most);
      limits[key] = this.limitOf(key, lengths[key]! * part);
      for (const query of queries) {
        const excess = (scores[query]! * part) / reach;
        if (excess > 1) limits[query] = this.limitOf(query, lengths[query]! / excess);
      }
    }
    return limits;
  }

  /** The largest limit, to 1 in 2^20, under which a head's digits stand for a vector this long at most. */
  private limitOf(head: number, length: number): number {
    const { headDim } = this.shape;
    const most = this.y.most.subarray(head * headDim, (head + 1) * headDim);
    const fits = (limit: number) =>
      digitBounds({ most }, { groups: 1, levels: LEVELS, kind: this.kind, limits: [limit] }).length(0, "rough") <=
      length;
    let low = length / (2 * Math.sqrt(headDim));
    let high = 2 * length;
    while (high > low * (1 + 2 ** -20)) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  private get kind(): "one" | "two" {
    return this.digits === 1 ? "one" : "two";
  }
}
