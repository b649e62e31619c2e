import { expect, test } from "vitest";
import { BenchError } from "../BenchError.js";
import { type ContestantName, isTier } from "../contest/contestants.js";
import { Contest, type Player } from "./Contest.js";

/** Answers with the number of its call; fails at call `failsAt`. Writes down what happens to it. */
function player(name: ContestantName, log: string[], failsAt = Number.POSITIVE_INFINITY): Player {
  let calls = 0;
  return {
    name,
    async call({ call }) {
      log.push(`${name} ${call}`);
      if (++calls === failsAt) throw new BenchError("contestant_failed", "ran out", false);
      return { ms: calls };
    },
    async stop() {
      log.push(`${name} stops`);
    },
  };
}

test("players take turns, each only at what it takes part in", async () => {
  const log: string[] = [];
  const contest = new Contest([player("fp32", log), player("w8a8", log)], () => {});

  const [steps, audits] = await contest.rounds(2, [
    { call: { call: "generate", count: 2 } },
    { call: { call: "audit", prompt: 4, answer: 8 }, takesPart: isTier },
  ]);

  const round = ["fp32 generate", "w8a8 generate", "w8a8 audit"];
  expect(log).toEqual([...round, ...round]);
  expect(steps).toEqual(
    new Map([
      ["fp32", [1, 2]],
      ["w8a8", [1, 3]],
    ]),
  );
  expect(audits).toEqual(new Map([["w8a8", [2, 4]]]));
});

test("a peer that fails leaves with a message, and with all its times", async () => {
  const log: string[] = [];
  const lines: string[] = [];
  const contest = new Contest([player("llamacpp", log, 2), player("w8a8", log)], (line) => lines.push(line));

  const [times] = await contest.rounds(3, [{ call: { call: "prefill", length: 8 } }]);
  await contest.stop();

  expect(times).toEqual(new Map([["w8a8", [1, 2, 3]]]));
  expect(log.filter((entry) => entry.startsWith("llamacpp"))).toEqual([
    "llamacpp prefill",
    "llamacpp prefill",
    "llamacpp stops",
  ]);
  expect(lines).toEqual(["goes on without llama.cpp: ran out"]);
});

test("the failure of any other ends the contest", async () => {
  const contest = new Contest([player("fp32", [], 1)], () => {});

  await expect(contest.each({ call: "prefill", length: 8 })).rejects.toMatchObject({ code: "contestant_failed" });
});
