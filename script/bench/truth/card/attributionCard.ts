/** What a bench of attribution says of a model, by method, for people and programs that read no table of figures. */
export interface AttributionCard {
  readonly format: 1;
  readonly methods: readonly MethodCard[];
  /** What eight copies of a record earn with it, over what it earned alone, by the part of their words that was changed. */
  readonly copying: readonly { readonly changedPercent: number; readonly gain: number; readonly unchecked: number }[];
  /** What one contributor earns under five names, over what he earns under one. */
  readonly splitGain: number;
}

export interface MethodCard {
  readonly method: string;
  readonly lds: readonly Measured[];
  /** Part of the pay that records of junk take. */
  readonly junkShare: number;
  /** Part of the records that tell a planted fact found among as many first. */
  readonly recall: number;
  /** Loss that removing what the method names costs, over removing as many at random, in nats; absent where not measured. */
  readonly qld?: number;
}

/** Rank correlation with retraining, with the jackknife's standard error. */
export interface Measured {
  readonly regime: string;
  readonly value: number;
  readonly error: number;
}

const REGIMES = ["rec", "con", "gen", "fresh", "drop"];

/** The card of a bench's figures, by their names. Methods are in the order of what they predict best on average. */
export function attributionCard(figures: Readonly<Record<string, number>>): AttributionCard {
  const methods = Object.keys(figures).flatMap((name) => name.match(/^recall_(.+)$/)?.[1] ?? []);
  const copying = Object.keys(figures).flatMap((name) => {
    const changed = name.match(/^copy_gain_unchecked_(\d+)$/)?.[1];
    if (changed === undefined) return [];
    const gain = figures[changed === "0" ? "copy_gain_exact" : `copy_gain_edit_${changed}`]!;
    return [{ changedPercent: Number(changed), gain, unchecked: figures[name]! }];
  });
  return {
    format: 1,
    methods: methods.map((method) => methodCard(figures, method)).sort((a, b) => meanOf(b) - meanOf(a)),
    copying: copying.sort((a, b) => a.changedPercent - b.changedPercent),
    splitGain: figures.split_gain!,
  };
}

function methodCard(figures: Readonly<Record<string, number>>, method: string): MethodCard {
  const lds = REGIMES.flatMap((regime) => {
    const value = figures[`lds_${regime}_${method}`];
    return value === undefined ? [] : [{ regime, value, error: figures[`se_${regime}_${method}`]! }];
  });
  const qld = figures[`qld_${method}`];
  return {
    method,
    lds,
    junkShare: figures[`junk_share_${method}`]!,
    recall: figures[`recall_${method}`]!,
    ...(qld === undefined ? {} : { qld }),
  };
}

function meanOf({ lds }: MethodCard): number {
  return lds.reduce((sum, { value }) => sum + value, 0) / Math.max(1, lds.length);
}
