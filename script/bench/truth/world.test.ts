import { describe, expect, it } from "vitest";
import { generateWorld } from "./world.js";

const OPTIONS = { publicTexts: 50, records: 320, contributors: 20, queries: 10, planted: 5 };

describe("generateWorld", () => {
  const world = generateWorld(OPTIONS, 4);

  it("is the same for the same seed, and another for another", () => {
    expect(generateWorld(OPTIONS, 4)).toEqual(world);
    expect(generateWorld(OPTIONS, 5).records[0]).not.toEqual(world.records[0]);
  });

  it("has a tenth of junk, copies of records before them, and contributors who write", () => {
    const kinds = (kind: string) => world.records.filter((record) => record.kind === kind);

    expect(world.records).toHaveLength(320);
    expect(kinds("junk")).toHaveLength(32);
    expect(kinds("copy")).toHaveLength(16);
    for (const copy of kinds("copy")) {
      expect(world.records.some(({ kind, text }) => kind !== "copy" && text === copy.text)).toBe(true);
    }
    expect(new Set(world.records.map(({ contributor }) => contributor)).size).toBe(20);
  });

  it("tells a planted fact in four records and nowhere else", () => {
    for (const { prompt, continuation, records } of world.planted) {
      const thing = /(?:vault|beacon|well|garden) of \w+/.exec(prompt + continuation)![0];
      const telling = world.records.flatMap(({ text, kind }, i) =>
        kind === "planted" && text.includes(thing) ? [i] : [],
      );

      expect(records).toHaveLength(4);
      expect(telling).toEqual(records);
      expect(world.publicTexts.some((text) => text.includes(thing))).toBe(false);
    }
  });

  it("asks for what no record says word for word", () => {
    for (const { prompt, continuation } of world.queries) {
      expect(world.records.some(({ text }) => text === prompt + continuation)).toBe(false);
    }
  });
});
