import type { AttributionCard } from "@openledger/sdk";
import { type Mark, parse, type Spec, View } from "vega";

const BAR = 12;
const WIDTH = 300;

/** A card as a picture (SVG): how well each method predicts retraining by regime, and what copying gains by how much is changed. */
export async function renderCard(card: AttributionCard): Promise<string> {
  const view = new View(parse(specOf(card)), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function specOf({ methods, copying }: AttributionCard): Spec {
  const measured = methods.flatMap(({ method, lds }) => lds.map((one) => ({ method, ...one })));
  const regimes = [...new Set(measured.map(({ regime }) => regime))];
  const height = methods.length * (regimes.length * BAR + 10);
  const gains = copying.flatMap(({ changedPercent, gain, unchecked }) => [
    { changedPercent, gain, rule: "copies are credited once" },
    { changedPercent, gain: unchecked, rule: "nobody looks" },
  ]);
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    background: "white",
    padding: 12,
    layout: { columns: 2, padding: 24, align: "none" },
    data: [
      { name: "measured", values: measured },
      { name: "gains", values: gains },
    ],
    scales: [
      { name: "regime", type: "ordinal", domain: regimes, range: "category" },
      { name: "rule", type: "ordinal", domain: { data: "gains", field: "rule" }, range: "category" },
    ],
    marks: [
      {
        type: "group",
        title: "Rank correlation with retraining (LDS), and its standard error",
        encode: { update: { width: { value: WIDTH }, height: { value: height } } },
        signals: [
          { name: "width", value: WIDTH },
          { name: "height", value: height },
        ],
        scales: [
          {
            name: "method",
            type: "band",
            domain: methods.map(({ method }) => method),
            range: [0, height],
            padding: 0.1,
          },
          { name: "lds", domain: [0, 1], range: [0, WIDTH] },
        ],
        axes: [
          { orient: "left", scale: "method", ticks: false, domain: false },
          { orient: "bottom", scale: "lds", grid: true, tickCount: 5 },
        ],
        legends: [{ fill: "regime", orient: "top", direction: "horizontal" }],
        marks: [
          {
            type: "group",
            from: { facet: { data: "measured", name: "ofMethod", groupby: "method" } },
            encode: { update: { y: { scale: "method", field: "method" } } },
            signals: [{ name: "height", update: "bandwidth('method')" }],
            scales: [{ name: "row", type: "band", domain: regimes, range: "height" }],
            marks: [
              {
                type: "rect",
                from: { data: "ofMethod" },
                encode: {
                  update: {
                    y: { scale: "row", field: "regime" },
                    height: { scale: "row", band: 1, offset: -1 },
                    x: { scale: "lds", value: 0 },
                    x2: { scale: "lds", signal: "clamp(datum.value, 0, 1)" },
                    fill: { scale: "regime", field: "regime" },
                  },
                },
              },
              {
                type: "rule",
                from: { data: "ofMethod" },
                encode: {
                  update: {
                    y: { scale: "row", field: "regime", band: 0.5 },
                    x: { scale: "lds", signal: "clamp(datum.value - datum.error, 0, 1)" },
                    x2: { scale: "lds", signal: "clamp(datum.value + datum.error, 0, 1)" },
                    stroke: { value: "black" },
                  },
                },
              },
            ],
          },
        ],
      },
      ...(copying.length > 0 ? [gainsGroup()] : []),
    ],
  };
}

/** What copies gain by how much of their words was changed. */
function gainsGroup(): Mark {
  return {
    type: "group",
    title: "What eight copies gain (1 is nothing)",
    encode: { update: { width: { value: WIDTH }, height: { value: 200 } } },
    signals: [
      { name: "width", value: WIDTH },
      { name: "height", value: 200 },
    ],
    scales: [
      { name: "changed", domain: [0, 50], range: [0, WIDTH] },
      { name: "gain", domain: { data: "gains", field: "gain" }, zero: true, nice: true, range: [200, 0] },
    ],
    axes: [
      { orient: "left", scale: "gain", grid: true, tickCount: 5 },
      { orient: "bottom", scale: "changed", title: "words changed, percent" },
    ],
    legends: [{ stroke: "rule", orient: "top", direction: "horizontal", labelLimit: 0 }],
    marks: [
      {
        type: "group",
        from: { facet: { data: "gains", name: "ofRule", groupby: "rule" } },
        marks: [
          {
            type: "line",
            from: { data: "ofRule" },
            encode: {
              update: {
                x: { scale: "changed", field: "changedPercent" },
                y: { scale: "gain", field: "gain" },
                stroke: { scale: "rule", field: "rule" },
                strokeWidth: { value: 2 },
              },
            },
          },
        ],
      },
    ],
  };
}
