import type { CardSample } from "@openledger/sdk";
import { describe, expect, test } from "vitest";
import { renderCard } from "../../truth/renderCard.js";
import { cardOfFigures } from "./cardOfFigures.js";

const FIGURES = {
  lds_rec_pays: 0.38,
  se_rec_pays: 0.05,
  lds_gen_pays: 0.21,
  se_gen_pays: 0.06,
  junk_share_pays: 0.014,
  recall_pays: 0.45,
  lds_rec_evs: 0.57,
  se_rec_evs: 0.04,
  lds_gen_evs: 0.41,
  se_gen_evs: 0.05,
  junk_share_evs: 0.046,
  recall_evs: 0.5,
  qld_evs: 0.2,
  copy_gain_edit_10: 1,
  copy_gain_unchecked_10: 2.68,
  copy_gain_exact: 1,
  copy_gain_unchecked_0: 1.35,
  split_gain: 1,
};

const SAMPLE: CardSample = {
  records: 320,
  contributors: 20,
  texts: 40,
  generated: 40,
  sets: [{ regime: "rec", count: 50 }],
  seeds: 2,
};

describe("a bench's attribution card", () => {
  const card = cardOfFigures(FIGURES, SAMPLE);

  test("holds every figure of every method, the best predictor first", () => {
    expect(card.methods.map(({ method }) => method)).toEqual(["evs", "pays"]);
    expect(card.methods[0]).toEqual({
      method: "evs",
      lds: [
        { regime: "rec", value: 0.57, error: 0.04 },
        { regime: "gen", value: 0.41, error: 0.05 },
      ],
      junkShare: 0.046,
      recall: 0.5,
      qld: 0.2,
    });
    expect(card.methods[1]).not.toHaveProperty("qld");
    expect(card.copying).toEqual([
      { changedPercent: 0, gain: 1, unchecked: 1.35 },
      { changedPercent: 10, gain: 1, unchecked: 2.68 },
    ]);
    expect(card.splitGain).toBe(1);
  });

  test("is drawn with a bar for each figure, as long as it says", async () => {
    const svg = await renderCard(card);

    const names = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(["evs", "pays", "rec", "gen", "copies are credited once", "nobody looks"]),
    );
    const widths = [...svg.matchAll(/<path d="M0,[\d.]+h([\d.]+)v/g)].map(([, width]) => Math.round(Number(width)));
    // 300 wide at 1
    expect(widths).toEqual([171, 123, 114, 63]);
    expect(await renderCard(card)).toBe(svg);
  });

  test("is drawn without copies where none were measured", async () => {
    const svg = await renderCard({ ...card, copying: [] });

    expect(svg).toContain("Rank correlation with retraining");
    expect(svg).not.toMatch(/eight copies|NaN/);
  });
});
