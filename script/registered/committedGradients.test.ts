import { type AttributionCard, type ChainReader, ContentErasedError, encodeAttributionCard } from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { describe, expect, it } from "vitest";
import { committedGradients, gradientsOf } from "./committedGradients.js";

const word = (digits: string): Hex => `0x${digits.repeat(32)}`;
const card: AttributionCard = {
  subject: { model: 2n, baseWeightsRoot: word("0b"), adapterWeightsRoot: word("0a"), datanets: [] },
  sample: { records: 1, contributors: 1, texts: 1, generated: 0, sets: [], seeds: 1 },
  gradients: word("0c"),
  methods: [],
  copying: [],
};
const subject = { model: 2n, adapterWeightsRoot: word("0a") };

/** A chain on which these cards were committed, one after the other. */
function chainOf(...cards: readonly Hex[]): ChainReader {
  const getContractEvents = async ({ args }: { args: { model: bigint } }) =>
    cards.map((cardHash) => ({ args: { ...args, cardHash } }));
  return {
    deployment: { addresses: {}, startBlock: 1 },
    publicClient: { getContractEvents },
  } as unknown as ChainReader;
}

describe("committedGradients", () => {
  const content = {
    get: async (hash: Hex) => {
      if (hash === word("02")) return encodeAttributionCard(card);
      throw new ContentErasedError("http://store");
    },
  };

  it("goes by the card that was committed last", async () => {
    expect(await committedGradients(chainOf(word("01"), word("02")), content, subject)).toBe(word("0c"));
    expect(await committedGradients(chainOf(word("02"), zeroHash), content, subject)).toBeUndefined();
    expect(await committedGradients(chainOf(), content, subject)).toBeUndefined();
  });

  it("says how to do without one that nobody has", async () => {
    await expect(committedGradients(chainOf(word("02"), word("01")), content, subject)).rejects.toMatchObject({
      code: "gradients_unusable",
      message: expect.stringContaining("--own"),
    });
  });
});

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
