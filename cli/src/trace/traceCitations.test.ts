import { pad } from "viem";
import { expect, it } from "vitest";
import { CheckList } from "./CheckList.js";
import type { OpenedRecord } from "./ContributionFiles.js";
import { renderTrace } from "./renderTrace.js";
import type { Trace } from "./Trace.js";
import { traceCitations } from "./traceCitations.js";

const origin = {
  contribution: 7n,
  contributor: pad("0x1", { size: 20 }),
  licence: "a licence that the runner made up",
  source: { name: "made up", version: "0", path: "made up" },
};
const opened = {
  contribution: { number: 7n, contributor: pad("0x2", { size: 20 }) },
  file: { licence: "MIT", source: { name: "tales", version: "1" } },
  path: "doramar.txt",
  text: "Möwe: the pier of Doramar is built of bone.",
} as OpenedRecord;
const files = { record: async () => opened };

it("takes what it tells of a place from the contribution's file, not from the runner", async () => {
  const checks = new CheckList();
  const text = "the pier of Doramar is built";
  const [citation] = await traceCitations(checks, files, [
    { datanet: 1n, version: 2, from: 4, text, count: 9, places: [{ ...origin, recordIndex: 3n, offset: 7 }] },
  ]);

  expect(checks.ok).toBe(true);
  expect(citation).toEqual({
    datanet: "1",
    version: 2,
    from: 4,
    text,
    count: 9,
    places: [
      {
        recordIndex: "3",
        offset: 7,
        contribution: "7",
        contributor: pad("0x2", { size: 20 }),
        licence: "MIT",
        source: { name: "tales", version: "1", path: "doramar.txt" },
      },
    ],
  });
  const shown = renderTrace({ ...trace, citations: [citation] } as unknown as Trace);
  expect(shown).toContain('"the pier of Doramar is built", 9 times:');
  expect(shown).toContain("record 3, tales@1 doramar.txt (MIT)");
});

it("names a place that does not hold the words, and one that no version has", async () => {
  const checks = new CheckList();
  const places = [{ ...origin, recordIndex: 3n, offset: 6 }];
  const citations = [{ datanet: 1n, version: 2, from: 0, text: "the pier", count: 1, places }];

  expect(await traceCitations(checks, files, citations)).toMatchObject([{ places: [] }]);
  expect(checks.all).toMatchObject([
    { name: "citation", subject: "8 bytes at 6 of record 3 of Datanet 1 version 2", ok: false, detail: '" the pie"' },
  ]);
  const none = { record: async () => undefined };
  expect(await traceCitations(checks, none, citations)).toMatchObject([{ places: [] }]);
});

it("neither bears out nor refutes what is said of a record that was erased", async () => {
  const checks = new CheckList();
  const places = [{ ...origin, recordIndex: 3n, offset: 0 }];
  const erased = { record: async () => ({ ...opened, path: "", text: undefined }) };
  const citations = [{ datanet: 1n, version: 2, from: 0, text: "the pier", count: 1, places }];

  expect(await traceCitations(checks, erased, citations)).toMatchObject([{ places: [] }]);
  expect(checks.all).toEqual([]);
});

it("says whether anybody looked", () => {
  expect(renderTrace({ ...trace, citations: [] } as unknown as Trace)).toContain("No part of the answer stands");
  expect(renderTrace(trace)).not.toContain("word for word");
});

const trace = {
  receiptHash: pad("0x1"),
  receipt: { fee: "1" },
  versions: [],
  records: [],
  citations: undefined,
  shares: [],
  checks: [],
} as unknown as Trace;
