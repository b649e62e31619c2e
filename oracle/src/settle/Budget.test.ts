import { type Address, pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import { Budget } from "./Budget.js";

/** As the chain tells them. */
let followed: Map<string, bigint>;
let noted: Map<string, bigint>;
let faults: string[];
let budget: Budget;

beforeEach(() => {
  followed = new Map();
  noted = new Map();
  faults = [];
  budget = start();
});

/** A process over the same database. */
function start(): Budget {
  return new Budget({
    courtFacts: { outlays: async () => followed },
    outlays: {
      note: async (subject, amount) => void (noted.has(subject) || noted.set(subject, amount)),
      drop: async (subject) => void noted.delete(subject),
      noted: async () => noted,
    },
    epochs: { find: async () => true },
    account: pad("0x1", { size: 20 }) as Address,
    limit: 100n,
    clock: { now: () => new Date(0), sleep: async () => {} },
    log: { info: () => {}, fault: (message) => faults.push(message) },
  });
}

it("is spent to the last unit, and says what it leaves undone", async () => {
  expect([await budget.take("a", 60n), await budget.take("b", 40n), await budget.take("c", 1n)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(faults).toEqual([expect.stringMatching(/budget of 100 is exhausted: 100 lie .* c would cost 1\./)]);
});

it("counts what is on its way after a restart, and nothing twice", async () => {
  await budget.take("a", 60n);
  const again = start();

  expect([await again.take("a", 60n), await again.take("b", 41n), await again.take("b", 40n)]).toEqual([
    true,
    false,
    true,
  ]);
});

it("counts what a reorganisation took away: it is sent again", async () => {
  await budget.take("a", 60n);
  followed.set("a", 60n);
  followed.clear();

  expect(await budget.take("b", 41n)).toBe(false);
});

it("has back what came back, and not what was lost", async () => {
  await budget.take("a", 100n);
  followed.set("a", 20n);

  expect([await budget.take("b", 81n), await budget.take("b", 80n)]).toEqual([false, true]);
});

it("has back what was refused", async () => {
  await budget.take("a", 100n);
  await budget.giveBack("a");

  expect(await budget.take("b", 100n)).toBe(true);
});
