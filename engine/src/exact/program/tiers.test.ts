import { describe, expect, test } from "vitest";
import { TIERS } from "./Program.js";
import { exponentTable } from "./tables.js";
import { mostKeys, tierSettings } from "./tiers.js";

describe("grids of exponentials", () => {
  test.each(TIERS)("add up below 2^24 for as many keys as there may be, and stay above 127: %s", (tier) => {
    const most = mostKeys(tier);
    for (let keys = 1; keys <= most; keys += keys > most - 1000 ? 1 : 7) {
      for (const grid of tierSettings(tier, keys).exponents) {
        // The table's first entry.
        const largest = Math.round(Math.exp(grid.peak / 2 ** grid.gridBits));
        if (largest * keys >= 2 ** 24 || largest < 128) expect.fail(`${keys} keys: ${largest} on 2^-${grid.gridBits}`);
      }
    }
  });

  test.each(TIERS)("begin with their largest and end before the first 0: %s", (tier) => {
    for (const grid of tierSettings(tier, 512).exponents) {
      const table = exponentTable(grid);
      expect(table[0]).toBe(Math.round(Math.exp(grid.peak / 2 ** grid.gridBits)));
      expect(table.every((e, t) => e > 0 && e <= (table[t - 1] ?? e))).toBe(true);
    }
  });
});
