import { describe, expect, it } from "vitest";
import { progressLine } from "./progressLine.js";

describe("progressLine", () => {
  it("knows no pace before the first has been tried", () => {
    expect(progressLine({ planted: 3, tried: 0, killed: 0, elapsedMs: 500 })).toBe("0/3 tried, 0 killed");
  });

  it("expects the rest to take as long as those tried", () => {
    const progress = { planted: 100, tried: 10, killed: 9, elapsedMs: 100_000 };

    expect(progressLine(progress)).toBe("10/100 tried, 9 killed, 15 min left");
    expect(progressLine({ ...progress, tried: 100 })).toBe("100/100 tried, 9 killed, 0 min left");
  });
});
