import { type AttributionCard, CARD_REGIMES } from "@openledger/sdk";

/** A card's figures as lines for a terminal. */
export function renderFigures({ sample, methods }: AttributionCard): string {
  const regimes = CARD_REGIMES.filter((regime) => methods.some(({ lds }) => lds.some((one) => one.regime === regime)));
  const rows = methods.map(({ method, lds }) => {
    const cells = regimes.map((regime) => {
      const found = lds.find((one) => one.regime === regime);
      return (found === undefined ? "" : `${found.value.toFixed(2)} ± ${found.error.toFixed(2)}`).padEnd(14);
    });
    return `${method.padEnd(12)}${cells.join("")}`.trimEnd();
  });
  const sets = sample.sets.map(({ regime, count }) => `${count} ${regime}`).join(", ");
  return [
    `Rank correlation with retraining (LDS): ${sample.records} records, ${sample.texts} texts, ${sample.generated} answers;`,
    `subsets: ${sets}; ${sample.seeds} trainings each.`,
    `${"".padEnd(12)}${regimes.map((regime) => regime.padEnd(14)).join("")}`.trimEnd(),
    ...rows,
    "",
  ].join("\n");
}
