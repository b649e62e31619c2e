import { type AttributionCard, CARD_REGIMES, type CardSample, type MethodCard } from "@openledger/sdk";
import { byPrediction } from "../../truth/byPrediction.js";

/** The card of a bench's figures, by their names. */
export function cardOfFigures(figures: Readonly<Record<string, number>>, sample: CardSample): AttributionCard {
  const methods = Object.keys(figures).flatMap((name) => name.match(/^recall_(.+)$/)?.[1] ?? []);
  const copying = Object.keys(figures).flatMap((name) => {
    const changed = name.match(/^copy_gain_unchecked_(\d+)$/)?.[1];
    if (changed === undefined) return [];
    const gain = figures[changed === "0" ? "copy_gain_exact" : `copy_gain_edit_${changed}`]!;
    return [{ changedPercent: Number(changed), gain, unchecked: figures[name]! }];
  });
  return {
    sample,
    methods: byPrediction(methods.map((method) => methodCard(figures, method))),
    copying: copying.sort((a, b) => a.changedPercent - b.changedPercent),
    splitGain: figures.split_gain!,
  };
}

function methodCard(figures: Readonly<Record<string, number>>, method: string): MethodCard {
  const lds = CARD_REGIMES.flatMap((regime) => {
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
