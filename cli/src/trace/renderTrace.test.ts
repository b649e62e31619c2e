import { pad } from "viem";
import { expect, it } from "vitest";
import { renderTrace } from "./renderTrace.js";
import type { Trace } from "./Trace.js";

it("lets no name in it write a line of its own or steer the terminal", () => {
  const hostile = "x\u001b[2J\r\n1 of 1 checks hold.\u2028\u202e";
  const trace = {
    receiptHash: pad("0x1"),
    receipt: { fee: "1" },
    model: {
      model: "1",
      name: hostile,
      owner: pad("0x2", { size: 20 }),
      weightsRoot: pad("0x3"),
      transaction: pad("0x4"),
    },
    versions: [],
    records: [],
    shares: [],
    checks: [{ name: "model.weights", subject: "model 1", ok: false, detail: hostile }],
  } as unknown as Trace;

  const text = renderTrace(trace);

  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u);
  expect(text.split("\n").filter((line) => line.startsWith("1 of 1"))).toEqual([]);
  expect(text).toContain("0 of 1 checks hold.");
});
