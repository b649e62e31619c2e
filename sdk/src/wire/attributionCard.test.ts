import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import {
  type AttributionCard,
  decodeAttributionCard,
  encodeAttributionCard,
  isCardOf,
  MAXIMUM_CARD_BYTES,
} from "./attributionCard.js";
import { canonicalJson, type JsonValue } from "./canonicalJson.js";

const word = (digits: string): Hex => `0x${digits.repeat(32)}`;

const card: AttributionCard = {
  subject: {
    model: 2n,
    baseWeightsRoot: word("0b"),
    adapterWeightsRoot: word("0a"),
    datanets: [{ datanet: 1n, version: 3 }],
  },
  sample: {
    records: 480,
    contributors: 6,
    texts: 40,
    generated: 38,
    textsHash: word("0c"),
    sets: [
      { regime: "rec", count: 50 },
      { regime: "con", count: 20 },
    ],
    seeds: 2,
  },
  gradients: word("0d"),
  methods: [
    {
      method: "pays",
      lds: [
        { regime: "rec", value: 0.5834, error: 0.0202 },
        { regime: "gen", value: -0.0101, error: 0.03 },
      ],
    },
    { method: "evs_signs", lds: [], junkShare: 0.01, recall: 1, qld: -0.25 },
  ],
  copying: [{ changedPercent: 10, gain: 1, unchecked: 2.68 }],
  splitGain: 1,
};

/** The card with one of its members, named by where it stands, changed. */
function changed(place: string, value: JsonValue | undefined): Uint8Array {
  const members = JSON.parse(new TextDecoder().decode(encodeAttributionCard(card)));
  const names = place.split(".");
  const last = names.pop()!;
  // biome-ignore lint/suspicious/noExplicitAny: members of any depth.
  names.reduce((inner: any, name) => inner[name], members)[last] = value;
  return new TextEncoder().encode(canonicalJson(members));
}

describe("an attribution card", () => {
  it("is read as it was written, to four digits", () => {
    expect(decodeAttributionCard(encodeAttributionCard(card))).toEqual(card);
    const { subject: _, splitGain: __, gradients: ___, ...rest } = card;
    const bare = { ...rest, copying: [{ changedPercent: 0, gain: 1.00004, unchecked: 1 }] };
    const read = decodeAttributionCard(encodeAttributionCard(bare));
    expect(read.copying[0]!.gain).toBe(1);
    expect(read).not.toHaveProperty("subject");
    expect(read).not.toHaveProperty("splitGain");
  });

  it("is of the model that it names", () => {
    expect(isCardOf(card, 2n, word("0a"))).toBe(true);
    expect(isCardOf(card, 3n, word("0a"))).toBe(false);
    expect(isCardOf(card, 2n, word("0b"))).toBe(false);
    expect(isCardOf({ ...card, subject: undefined as never }, 2n, word("0a"))).toBe(false);
  });

  it("has no figure that is none", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e6]) {
      expect(() => encodeAttributionCard({ ...card, splitGain: value })).toThrow(RangeError);
    }
  });

  it.each([
    ["format", "openledger.attribution-card/2", "format"],
    ["methods", Array.from({ length: 65 }, () => ({ method: "m", lds: [] })), "at most 64, found 65"],
    ["methods.0.method", "<b>", "methods[0].method"],
    ["methods.0.method", `m${"a".repeat(32)}`, "methods[0].method"],
    ["methods.0.lds.0.regime", "all", "expected one of rec, con, gen, fresh, drop"],
    ["methods.0.lds.0.value", 0.5834, "methods[0].lds[0].value"],
    ["methods.0.lds.0.value", "0.58341", "4 digits behind the point"],
    ["methods.0.lds.0.error", "NaN", "methods[0].lds[0].error"],
    ["methods.1.qld", "1e3", "methods[1].qld"],
    ["sample.records", -1, "sample.records"],
    ["sample.sets.0.count", undefined, "sample.sets[0].count"],
    ["subject.model", "x", "subject.model"],
    ["subject.adapterWeightsRoot", "0x0a", "subject.adapterWeightsRoot"],
    ["copying", undefined, "copying"],
    ["copying", Array.from({ length: 102 }, () => ({})), "at most 101"],
    ["methods.0.lds.0.value", "1.0001", "a correlation from -1 to 1"],
    ["methods.0.lds.0.error", "-0.0001", "no less than 0"],
    ["methods.0.lds.0.regime", "fresh", "expected one of rec, gen, con, which were retrained"],
    ["methods.0.lds.1.regime", "rec", "methods[0].lds: expected no two alike"],
    ["methods.1.method", "pays", "methods: expected no two alike"],
    ["sample.sets.1.regime", "rec", "sample.sets: expected no two alike"],
    ["sample.sets.1.count", 7, "at least 8 subsets, found 7"],
    ["sample.textsHash", "0x", "sample.textsHash"],
    ["subject.datanets", Array.from({ length: 9 }, () => ({ datanet: "1", version: 1 })), "at most 8"],
    ["splitGain", "one", "splitGain"],
  ] as const)("refuses one whose %s is %j", (place, value, message) => {
    expect(() => decodeAttributionCard(changed(place, value as JsonValue | undefined))).toThrow(message);
  });

  it("refuses what is longer than a card before it reads it", () => {
    expect(() => decodeAttributionCard(new Uint8Array(MAXIMUM_CARD_BYTES + 1))).toThrow(
      `expected at most ${MAXIMUM_CARD_BYTES} bytes, found ${MAXIMUM_CARD_BYTES + 1}`,
    );
  });
});
