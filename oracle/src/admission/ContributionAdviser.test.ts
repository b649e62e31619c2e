import { EarlierRecords, type EarlierSample } from "@openledger/engine";
import { type AdmissionReason, type Contribution, decodeAdmission } from "@openledger/sdk";
import { getAddress, type Hex, keccak256, numberToHex, pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { CommittedContribution, EventPlace } from "../store/AdmissionFacts.js";
import { openFiles } from "../testing/openFiles.js";
import { ContributionAdviser } from "./ContributionAdviser.js";
import type { Beside, ReadContribution } from "./RecordJudge.js";

const account = getAddress(pad("0x1", { size: 20 }));
const signal = new AbortController().signal;
const base = pad("0xb");

let committed: Map<bigint, CommittedContribution>;
let newest: bigint;
let judged: { readonly number: bigint; readonly beside: Beside }[];
let failing: Error | undefined;
let judging: Error | undefined;
let file: ReadContribution;
let time: number;
let places: EventPlace[];
let sampled: bigint[];
let adviser: ContributionAdviser;

beforeEach(() => {
  committed = new Map([1n, 2n, 3n].map((number) => [number, contribution(number)]));
  newest = 100n;
  [judged, places, sampled] = [[], [], []];
  [failing, judging] = [undefined, undefined];
  file = { kind: "read", texts: [], licence: "MIT" };
  time = 0;
  adviser = new ContributionAdviser({
    datanets: [1n, 2n],
    account,
    judge: {
      base,
      hasProbe: true,
      addEarlier: async (earlier, _sample: EarlierSample, one, datanet) => {
        sampled.push(datanet);
        for (const index of [0, 1]) earlier.add({ contribution: one.contribution.number, index }, Uint8Array.of(index));
        return one.contribution.number !== 2n;
      },
      read: async () => {
        if (failing !== undefined) throw failing;
        return file;
      },
      judge: async ({ number }, beside) => {
        time += 1000;
        if (judging !== undefined) throw judging;
        expect(beside.earlier.bytesOnDisk > 0).toBe(beside.earlier.count > 0);
        judged.push({ number, beside });
        const accepted = new EarlierRecords(beside.earlier);
        for (const index of [0, 1])
          accepted.add({ contribution: number, index }, Uint8Array.of(number > 2n ? 8 : 9, index));
        expect(accepted.bytesOnDisk).toBeGreaterThan(0);
        return { score: 10_000, earlier: accepted, refused: [], reasons: [] };
      },
    },
    admissions: {
      committed: async (number) => committed.get(number),
      earlier: async (number, place) => {
        places.push(place);
        const earlier = [...committed.values()].filter((one) => one.contribution.number < number);
        return earlier.map((one) => ({ contribution: one.contribution, revoked: new Set<number>() }));
      },
    },
    facts: { newestBlock: async () => newest },
    clock: { now: () => new Date(time) },
    // validators decide under rules 9
    chain: { roundRules: async (_, rules) => (rules === 9 ? ({} as never) : undefined) },
    confirmations: 3n,
    memory: { memory: 0 },
    log: { info: () => {}, fault: () => {} },
  });
});

function contribution(number: bigint, more: Partial<Contribution> = {}, block = 50n): CommittedContribution {
  const word: Hex = keccak256(numberToHex(number));
  const facts = { recordsRoot: word, dataHash: word, licence: pad("0x4d"), committedAt: 1n, rules: 0, recordCount: 4 };
  return {
    contribution: { number, datanet: 1n, contributor: account, ...facts, ...more },
    block,
    blockHash: pad("0x5"),
  };
}

/** Steps until nothing is left, resting in between. */
async function work(): Promise<void> {
  while (await adviser.step(signal)) time += 2000;
}

it("judges what is asked for once, beside all that is accepted now", async () => {
  expect(await adviser.step(signal)).toBe(false);
  expect(await adviser.ask(1n, 3n)).toEqual({ kind: "waiting" });
  expect(await adviser.ask(1n, 3n)).toEqual({ kind: "waiting" });

  expect(await adviser.step(signal)).toBe(true);
  expect(await adviser.step(signal)).toBe(false);

  const advice = await adviser.ask(1n, 3n);
  expect(advice.kind).toBe("told");
  const opinion = decodeAdmission((advice as { text: string }).text);
  expect(opinion).toMatchObject({ datanet: 1n, contribution: 3n, validator: account, score: 10_000, base });
  expect(opinion).not.toHaveProperty("round");
  expect(opinion.comparedWith.unread).toEqual([2n]);
  expect(places).toEqual([{ block: 97n, logIndex: 2 ** 31 - 1 }]);
  expect(sampled).toEqual([1n, 1n]);
  expect(judged.map(({ number, beside }) => [number, beside.isProbed])).toEqual([[3n, true]]);
});

it("says that it works before it judges, and not where nothing waits or it rests", async () => {
  const said: number[] = [];
  const step = () => adviser.step(signal, () => said.push(judged.length));

  await step();
  expect(said).toEqual([]);
  await adviser.ask(1n, 3n);
  await step();
  await adviser.ask(1n, 2n);
  await step();
  expect(said).toEqual([0]);
});

it("has no file open once an opinion is made, or could not be", async () => {
  const before = openFiles();
  await adviser.ask(1n, 3n);
  judging = new Error("stopped");
  await expect(adviser.step(signal)).rejects.toThrow("stopped");
  expect(openFiles()).toBe(before);
  judging = undefined;
  time += 2000;

  await work();

  expect(judged[0]!.beside.earlier.count).toBe(4);
  expect(openFiles()).toBe(before);
});

it("says nothing of what validators score, of other Datanets and of what nobody contributed", async () => {
  committed.set(4n, contribution(4n, { rules: 9 }));
  committed.set(5n, contribution(5n, { datanet: 7n }));

  for (const [datanet, number] of [
    [1n, 4n],
    [7n, 5n],
    [2n, 1n],
    [1n, 99n],
  ] as const) {
    expect(await adviser.ask(datanet, number)).toEqual({ kind: "not_advised" });
  }
  expect(await adviser.step(signal)).toBe(false);
});

it("waits for confirmations, and meanwhile judges what has them", async () => {
  committed.set(1n, contribution(1n, {}, 98n));
  await adviser.ask(1n, 1n);
  await adviser.ask(1n, 2n);

  await work();
  expect(judged.map(({ number }) => number)).toEqual([2n]);
  newest = 101n;
  expect(await adviser.step(signal)).toBe(true);

  expect(judged.map(({ number }) => number)).toEqual([2n, 1n]);
});

it("keeps what could not be judged, behind what waits with it, and not for ever", async () => {
  await adviser.ask(1n, 1n);
  await adviser.ask(1n, 2n);
  failing = new Error("store down");
  await expect(adviser.step(signal)).rejects.toThrow("store down");
  failing = undefined;
  await work();
  expect(judged.map(({ number }) => number)).toEqual([2n, 1n]);

  await adviser.ask(1n, 3n);
  failing = new Error("broken");
  for (let i = 0; i < 3; i++) await expect(adviser.step(signal)).rejects.toThrow("broken");
  expect(await adviser.step(signal)).toBe(false);
});

it("keeps what was cut short in its place", async () => {
  await adviser.ask(1n, 1n);
  await adviser.ask(1n, 2n);
  failing = new Error("stopped");
  for (let i = 0; i < 5; i++) await expect(adviser.step(AbortSignal.abort())).rejects.toThrow("stopped");
  failing = undefined;

  await work();

  expect(judged.map(({ number }) => number)).toEqual([1n, 2n]);
});

it("rests twice as long as it has worked: whoever asks for much does not have all of its time", async () => {
  await adviser.ask(1n, 1n);
  await adviser.ask(1n, 2n);
  expect(await adviser.step(signal)).toBe(true);

  time += 1999;
  expect(await adviser.step(signal)).toBe(false);
  time += 1;
  expect(await adviser.step(signal)).toBe(true);
});

it("tells an opinion for an hour, then makes another beside what is accepted by then", async () => {
  await adviser.ask(1n, 3n);
  await work();
  time = 3_600_000;
  expect((await adviser.ask(1n, 3n)).kind).toBe("told");
  time = 3_601_000;

  expect((await adviser.ask(1n, 3n)).kind).toBe("waiting");
  await work();

  expect((await adviser.ask(1n, 3n)).kind).toBe("told");
  expect(places).toHaveLength(2);
});

const reason: AdmissionReason = { rule: "file", found: "no file", limit: "the file", evidence: {} };

it.each([
  ["a file that is not there for a minute: it may come", true, 60_000],
  ["a file that is another's, or too large, as any other", false, 3_600_000],
])("tells of %s, and reads nothing else for it", async (_, mayPass, lasts) => {
  file = { kind: "unjudged", reason, mayPass };
  await adviser.ask(1n, 3n);
  await work();

  const advice = await adviser.ask(1n, 3n);
  expect(decodeAdmission((advice as { text: string }).text)).toMatchObject({ score: 0, reasons: [reason] });
  expect([places, judged]).toEqual([[], []]);
  const told = time;
  time = lasts - 2000;
  expect((await adviser.ask(1n, 3n)).kind).toBe("told");
  time = told + lasts;
  expect((await adviser.ask(1n, 3n)).kind).toBe("waiting");
});

it("judges a number anew that stands for another file after a reorganisation", async () => {
  await adviser.ask(1n, 1n);
  await adviser.step(signal);
  committed.set(1n, contribution(1n, { dataHash: pad("0xff") }));

  expect((await adviser.ask(1n, 1n)).kind).toBe("waiting");
});

it("lets few wait, and keeps few: nobody fills its memory", async () => {
  for (let i = 1n; i <= 70n; i++) committed.set(i, contribution(i));
  for (let i = 1n; i <= 32n; i++) expect((await adviser.ask(1n, i)).kind).toBe("waiting");
  expect((await adviser.ask(1n, 33n)).kind).toBe("busy");
  expect((await adviser.ask(1n, 32n)).kind).toBe("waiting");

  await work();
  await adviser.ask(1n, 33n);
  await work();

  expect((await adviser.ask(1n, 33n)).kind).toBe("told");
  expect((await adviser.ask(1n, 1n)).kind).toBe("waiting");
  expect((await adviser.ask(1n, 2n)).kind).toBe("told");
});
