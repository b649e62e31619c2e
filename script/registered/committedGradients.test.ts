import { type AttributionCard, encodeAttributionCard } from "@openledger/sdk";
import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import { gradientsOf } from "./committedGradients.js";

const word = (digits: string): Hex => `0x${digits.repeat(32)}`;
const card: AttributionCard = {
  subject: { model: 2n, baseWeightsRoot: word("0b"), adapterWeightsRoot: word("0a"), datanets: [] },
  sample: { records: 1, contributors: 1, texts: 1, generated: 0, sets: [], seeds: 1 },
  gradients: word("0c"),
  methods: [],
  copying: [],
};

describe("gradientsOf", () => {
  it("is what the model's own card names, and nothing of what anybody else may have committed", () => {
    const { gradients: _, ...without } = card;

    expect(gradientsOf(encodeAttributionCard(card), 2n, word("0a"))).toBe(word("0c"));
    expect(gradientsOf(encodeAttributionCard(card), 3n, word("0a"))).toBeUndefined();
    expect(gradientsOf(encodeAttributionCard(card), 2n, word("0f"))).toBeUndefined();
    expect(gradientsOf(encodeAttributionCard(without), 2n, word("0a"))).toBeUndefined();
    expect(gradientsOf(new TextEncoder().encode("a page"), 2n, word("0a"))).toBeUndefined();
  });
});
