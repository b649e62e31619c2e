import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MatchSearch } from "./MatchSearch.js";

describe("MatchSearch", () => {
  let all: MatchSearch;
  beforeAll(() => {
    all = new MatchSearch();
  });
  afterAll(() => all.close());

  it("cites each answer by the records it was asked of, in bytes of UTF-8", async () => {
    const first = all.add(["in the beginning was the wörd", "and the word was there"]);
    const second = all.add(["they say: and the word was good"]);

    const answer = "Él: in the beginning was the wörd and more";
    const [inFirst, inSecond, again] = await Promise.all([
      first.cite(answer),
      second.cite("and the word was"),
      first.cite("nothing of it"),
    ]);

    expect(inFirst).toEqual([{ from: 5, to: 35, count: 1, places: [{ record: 0, offset: 0 }] }]);
    expect(inSecond).toEqual([{ from: 0, to: 16, count: 1, places: [{ record: 0, offset: 10 }] }]);
    expect(again).toEqual([]);
  });

  it("has nothing to cite of no records, and of records without text", async () => {
    expect(await all.add([]).cite("whatever is asked of nobody")).toEqual([]);
    expect(await all.add(["", ""]).cite("whatever is asked of nobody")).toEqual([]);
  });

  it("refuses records that it has no room for, and keeps those before", async () => {
    const kept = all.add(["what stands in it is found"]);
    const large = "x".repeat(64 * 1024 * 1024);

    expect(() => all.add([large, large, large, large])).toThrow(
      expect.objectContaining({ code: "search_full", message: expect.stringMatching(/268435456 and [0-9]+ before/) }),
    );
    expect(await kept.cite("what stands in it is found")).toHaveLength(1);
  });

  it("waits no longer than it is told to", async () => {
    const records = all.add(["some text that nobody will wait for"]);
    const stop = new AbortController();
    const asked = records.cite("some text that nobody", { signal: stop.signal });
    stop.abort(new Error("no longer"));
    await expect(asked).rejects.toThrow("no longer");
    await expect(records.cite("some text", { signal: stop.signal })).rejects.toThrow("no longer");
    expect(await records.cite("some text that nobody")).toHaveLength(1);
  });

  it("says so when it was closed, to who asked before and to who asks after", async () => {
    const closed = new MatchSearch();
    const records = closed.add(["some text that nobody will be told of"]);
    const asked = records.cite("some text that nobody");
    await Promise.all([expect(asked).rejects.toMatchObject({ code: "search_failed" }), closed.close()]);
    await expect(records.cite("some text")).rejects.toMatchObject({ code: "search_failed" });
    expect(() => closed.add([])).toThrow(expect.objectContaining({ code: "search_failed" }));
  });
});
