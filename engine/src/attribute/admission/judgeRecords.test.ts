import { expect, it } from "vitest";
import { openFiles } from "../testing/openFiles.js";
import type { ProbeInput, ProbeReading } from "./AdapterProbe.js";
import { EarlierRecords } from "./EarlierRecords.js";
import { type JudgeOptions, judgeRecords } from "./judgeRecords.js";
import type { NoiseReading } from "./NoiseGate.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const keeper =
  "The keeper wrote of the storm that put out every lamp on the coast, and of ships that turned north by its light.";
const baker =
  "At five the baker opened, while the streets were wet and cats slept on the bonnets of parked cars in the lane.";
const noise: NoiseReading = { loss: 9, lossLimit: 5, guessLoss: 8, gain: 0.1, gainLimit: 0.4, isNoise: true };

/** A base that calls what begins with "zq" noise, whose tokens are words. */
function judge(records: readonly (string | Uint8Array)[], options: Partial<JudgeOptions> = {}) {
  const asked: number[] = [];
  const judged = judgeRecords({
    contribution: 9n,
    records: records.map((record) => (typeof record === "string" ? bytes(record) : record)),
    licence: "MIT",
    allowedLicences: ["MIT", "Apache-2.0"],
    earlier: new EarlierRecords(),
    tokenizer: { encode: (text) => text.split(" ").map((word) => (word === "zq" ? 1 : 0)) },
    context: 40,
    gate: {
      read: async (ids) => {
        asked.push(ids.length);
        return ids[0] === 1 ? noise : { ...noise, isNoise: false };
      },
    },
    ...options,
  });
  return judged.then((found) => ({ ...found, asked }));
}

it("accepts what breaks no rule", async () => {
  const { records, score, asked } = await judge([keeper, baker]);

  expect(records).toEqual([0, 1].map((index) => ({ index, isAccepted: true, refusals: [] })));
  expect(score).toBe(10_000);
  expect(asked).toHaveLength(2);
});

it.each<[string, string | Uint8Array, object]>([
  ["bytes that are no UTF-8", Uint8Array.from([...bytes("né"), 0xc3, 0x28]), { rule: "not_text", at: 3 }],
  ["UTF-8 that is cut off", bytes("né").slice(0, 2), { rule: "not_text", at: 1 }],
  ["control characters", "né\u0000", { rule: "not_text", at: 3 }],
  ["nothing", "", { rule: "empty", bytes: 0 }],
  ["separators alone", " \t\n---|---\u00a0", { rule: "empty", bytes: 12 }],
  ["more than 8 KiB", "a".repeat(8193), { rule: "too_long", unit: "bytes", found: 8193, limit: 8192 }],
  [
    "more tokens than the base reads",
    Array.from({ length: 41 }, (_, at) => `w${at}`).join(" "),
    { rule: "too_long", unit: "tokens", found: 41, limit: 40 },
  ],
  ["a loop", "of is in ".repeat(12), { rule: "repetition", limit: 0.8 }],
  ["what the base calls noise", "zq 4 8 1", { rule: "noise", reading: noise }],
  [
    "a licence of its own",
    `// SPDX-License-Identifier: GPL-3.0-only\n${keeper}`,
    { rule: "licence", found: { expression: "GPL-3.0-only", at: 28 }, allowed: ["MIT", "Apache-2.0"] },
  ],
])("refuses %s", async (_what, record, refusal) => {
  const { records } = await judge([record]);

  expect(records).toMatchObject([{ isAccepted: false, refusals: [refusal] }]);
  expect(records[0]!.refusals).toHaveLength(1);
});

it("takes a record at its limits", async () => {
  const words = Array.from({ length: 40 }, (_, at) => `w${at}`).join(" ");
  const long = Array.from({ length: 745 }, (_, at) => `${at + 10_000_000_000}`)
    .join("")
    .slice(0, 8192);

  expect((await judge([words, long])).score).toBe(10_000);
});

it("refuses a contribution's licence for each of its records", async () => {
  const { records, score } = await judge([keeper, baker], { licence: "GPL-3.0-only" });

  expect(records.map(({ refusals }) => refusals.map(({ rule }) => rule))).toEqual([["licence"], ["licence"]]);
  expect(score).toBe(0);
});

it("refuses the second of two equal records, and the copy of one, in the contribution or before it", async () => {
  const earlier = new EarlierRecords();
  earlier.add({ contribution: 2n, index: 5 }, bytes(baker));

  const { records, score } = await judge([keeper, keeper, `${keeper} Amen.`, baker.replace("five", "six")], {
    earlier,
  });

  expect(records.map(({ isAccepted }) => isAccepted)).toEqual([true, false, false, false]);
  expect(records[1]!.refusals).toEqual([{ rule: "duplicate", of: { contribution: 9n, index: 0 } }]);
  expect(records[2]!.refusals).toMatchObject([
    { rule: "copy", limit: 0.5, copy: { of: { contribution: 9n, index: 0 } } },
  ]);
  expect(records[3]!.refusals).toMatchObject([{ rule: "copy", copy: { of: { contribution: 2n, index: 5 } } }]);
  expect(score).toBe(2500);
});

it("hands on what it accepted, and nothing that it refused", async () => {
  const { earlier } = await judge([keeper, "zq zq zq 1234 5678"]);

  expect(earlier.same(bytes(keeper))).toEqual({ contribution: 9n, index: 0 });
  expect(earlier.count).toBe(1);
});

it("asks the base of nothing that is refused already", async () => {
  const { asked } = await judge(["", "of is in ".repeat(12), keeper]);

  expect(asked).toHaveLength(1);
});

const learned: ProbeReading = {
  ...{ kind: "reading", seed: 7, trainedTokens: 6000, heldOutTokens: 2000, lossBefore: 4.2, lossAfter: 3.5 },
  ...{ orderBefore: 0.9, orderAfter: { mean: 1.2, error: 0.05 }, orderLimit: 0.2 },
  ...{ harm: undefined, harmLimit: 2, refusal: undefined },
};

it("has a probe learn what it accepts, and gives nothing for what that refuses", async () => {
  const asked: ProbeInput[] = [];
  const judgedWith = (found: ProbeReading) => {
    const read = async (input: ProbeInput) => {
      asked.push(input);
      return found;
    };
    const adapter = { read };
    return judge([keeper, "", baker], { probe: { adapter, earlier: [bytes("a tale")], seed: 3 } });
  };

  const accepted = await judgedWith(learned);
  const refused = await judgedWith({ ...learned, refusal: "no_gain" });

  expect(asked[0]).toEqual({ records: [keeper, baker].map(bytes), earlier: [bytes("a tale")], seed: 3 });
  expect(accepted).toMatchObject({ score: 6666, probe: { refusal: undefined } });
  expect(refused).toMatchObject({ score: 0, probe: { refusal: "no_gain" } });
  expect([accepted.earlier.count, refused.earlier.count]).toEqual([2, 0]);
  // no record alone is refused by it
  expect(refused.records).toEqual(accepted.records);
});

it("has no probe learn nothing", async () => {
  const adapter = { read: () => Promise.reject(new Error("asked")) };

  const { probe, score } = await judge([""], { probe: { adapter, earlier: [], seed: 3 } });

  expect([probe, score]).toEqual([undefined, 0]);
});

it("leaves no file open of what it could not judge, or refused", async () => {
  const before = openFiles();
  const earlier = new EarlierRecords(undefined, { memory: 0 });
  const probe = (read: () => Promise<ProbeReading>) => ({ probe: { adapter: { read }, earlier: [], seed: 3 } });
  const judged = (read: () => Promise<ProbeReading>) => judge([keeper, baker], { earlier, ...probe(read) });

  await expect(judged(() => Promise.reject(new Error("stopped")))).rejects.toThrow("stopped");
  await judged(async () => ({ ...learned, refusal: "harm" }));
  expect(openFiles()).toBe(before);

  const accepted = await judged(async () => learned);
  expect(openFiles()).toBeGreaterThan(before);
  accepted.earlier.close();
  expect(openFiles()).toBe(before);
});
