import { MatchSearch } from "@openledger/engine";
import type { RecordOrigin } from "@openledger/sdk";
import { pad } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CitedVersion, citeAnswer } from "./citeAnswer.js";

let search: MatchSearch;
beforeAll(() => {
  search = new MatchSearch();
});
afterAll(() => search.close());

/** However long a busy machine takes to start the search. */
const patience = new AbortController().signal;
const unexpected = (error: unknown) => {
  throw error;
};

it("says of each part where it comes from, and under which licence", async () => {
  const answer = "Möwe: the pier of Doramar is built of bone. And so on.";
  const versions = [
    version(1n, ["nothing of it", "I saw the pier of Doramar is built of bone."]),
    version(2n, ["the pier of Doramar is built of ice"]),
  ];

  const citations = await citeAnswer(versions, answer, unexpected, patience);

  expect(citations).toMatchObject([
    {
      datanet: 1n,
      version: 3,
      from: 6,
      text: " the pier of Doramar is built of bone.",
      count: 1,
      places: [{ recordIndex: 1n, offset: 5, contribution: 11n, licence: "MIT", source: { path: "1.txt" } }],
    },
    { datanet: 2n, text: "the pier of Doramar is built of ", places: [{ recordIndex: 0n, offset: 0 }] },
  ]);
});

it("does not say that nothing was found where not all was searched", async () => {
  const whole = version(1n, ["a text that is found in any case"]);
  const left = { ...version(2n, []), searched: undefined };
  expect(await citeAnswer([whole, left], "a text that is found in any case", unexpected, patience)).toBeUndefined();
  expect(await citeAnswer([whole], "nothing of it at all", unexpected, patience)).toEqual([]);
});

it("costs no answer when the search has ended, and says so", async () => {
  const ended = new MatchSearch();
  const searched = ended.add(["a text"]);
  await ended.close();
  const faults: unknown[] = [];

  const versions = [{ ...version(1n, []), searched }];
  expect(await citeAnswer(versions, "a text", (error) => faults.push(error), patience)).toBeUndefined();
  expect(faults).toMatchObject([{ code: "search_failed" }]);
});

function version(datanet: bigint, texts: readonly string[]): CitedVersion {
  const originOf = (place: number): RecordOrigin => ({
    contribution: 10n + BigInt(place),
    contributor: pad("0x1", { size: 20 }),
    licence: "MIT",
    source: { name: "tales", version: "1", path: `${place}.txt` },
  });
  const of = async (places: readonly number[]) => new Map(places.map((place) => [place, originOf(place)]));
  return { datanet, version: 3, origins: { of }, searched: search.add(texts) };
}
