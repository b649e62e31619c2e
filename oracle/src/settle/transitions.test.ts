import { describe, expect, it } from "vitest";
import { isReadyToOpen } from "./transitions.js";

const minute = 60_000;
const batches = [{ batch: 1n }, { batch: 2n }];
const state = (batch: bigint, state: "reading" | "verified" | "refused", minutesAgo: number) => ({
  batch,
  state,
  firstTriedAt: new Date(10 * minute - minutesAgo * minute),
});
const now = new Date(10 * minute);

describe("the opening of an epoch", () => {
  it("waits for batches that are being read", () => {
    expect(isReadyToOpen(batches, [state(1n, "verified", 1), state(2n, "reading", 0)], now)).toBe(false);
    expect(isReadyToOpen(batches, [state(1n, "verified", 1)], now)).toBe(false);
  });

  it("waits no longer than until all are judged", () => {
    expect(isReadyToOpen(batches, [state(1n, "verified", 1), state(2n, "refused", 0)], now)).toBe(true);
  });

  it("is not put off for ever by one unreadable batch after the other", () => {
    expect(isReadyToOpen(batches, [state(1n, "refused", 2), state(2n, "reading", 0)], now)).toBe(true);
    expect(isReadyToOpen(batches, [state(1n, "reading", 2)], now)).toBe(true);
  });
});
