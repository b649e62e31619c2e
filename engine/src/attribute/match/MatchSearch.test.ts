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

  it("cites records that were read in parts by their places in all of them", async () => {
    const read = await all.addParts(partsOf([["nothing of it", ""], [], ["here stands what is quoted"]]));

    expect(await read.cite("here stands what is quoted")).toMatchObject([{ places: [{ record: 2, offset: 0 }] }]);
  });

  it("reads no more than it has room for, and keeps nothing of what it refused", async () => {
    const part = ["x".repeat(20)];
    const [read, wanted] = [[] as number[], [part, part, part, part, part, part]];
    const full = new MatchSearch(70);

    const refused = full.addParts(partsOf(wanted, read));
    const small = full.addParts(partsOf([["what is read after it is found"]]));

    await expect(refused).rejects.toMatchObject({ code: "search_full" });
    expect(read).toEqual([0, 1, 2, 3]);
    expect(await (await small).cite("what is read after it is found")).toHaveLength(1);
    await full.close();
  });

  it("tells what kept it from reading, and reads what comes after", async () => {
    async function* broken(): AsyncGenerator<readonly string[]> {
      yield ["some text"];
      throw new Error("no file");
    }
    await expect(all.addParts(broken())).rejects.toThrow("no file");
    expect(await (await all.addParts(partsOf([["text that is read"]]))).cite("text that is read")).toHaveLength(1);
  });

  it("gives the room of records that are closed to others, once, and answers what was asked before", async () => {
    const text = "what was asked of it before is answered";
    const narrow = new MatchSearch(text.length);
    const first = narrow.add([text]);
    expect(() => narrow.add(["x"])).toThrow(expect.objectContaining({ code: "search_full" }));

    const asked = first.cite(text);
    for (let times = 0; times < 2; times++) first.close();

    expect(await asked).toHaveLength(1);
    await expect(first.cite(text)).rejects.toMatchObject({ code: "search_failed" });
    expect(await narrow.add([text]).cite(text)).toHaveLength(1);
    expect(() => narrow.add(["x"])).toThrow(expect.objectContaining({ code: "search_full" }));
    await narrow.close();
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

async function* partsOf(parts: readonly (readonly string[])[], read: number[] = []): AsyncGenerator<readonly string[]> {
  for (const [i, part] of parts.entries()) {
    read.push(i);
    yield part;
  }
}
