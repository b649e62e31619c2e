import { EarlierRecords, EarlierSample } from "@openledger/engine";
import {
  type Contribution,
  type ContributionFile,
  contributionCommitment,
  encodeContributionFile,
  licenceToBytes32,
} from "@openledger/sdk";
import { getAddress, pad } from "viem";
import { expect, it } from "vitest";
import { RecordJudge } from "./RecordJudge.js";

const contributor = getAddress(pad("0x9", { size: 20 }));
const file: ContributionFile = {
  datanet: 1n,
  contributor,
  licence: "MIT",
  source: { name: "tales", version: "1" },
  records: [
    { path: "0.txt", text: "At five the baker opened, while the streets were wet and cats slept on parked cars." },
  ],
};
const contribution: Contribution = {
  ...contributionCommitment(file),
  ...{ number: 1n, datanet: 1n, contributor, rules: 0, committedAt: 1n, licence: licenceToBytes32("MIT") },
};

it("reads its base's limits once for all who judge: who is ended meanwhile ends nobody else", async () => {
  const decoy = Uint32Array.from({ length: 32 }, (_, at) => at + 1);
  let read = () => {};
  const reading = new Promise<void>((resolve) => {
    read = resolve;
  });
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const judge = new RecordJudge({
    runtime: {
      architecture: { vocabulary: 64, maxPositions: 512 } as never,
      weightsRoot: pad("0xb"),
      attribution: async () =>
        ({ hash: pad("0xc"), base: { decoys: Array.from({ length: 32 }, () => ({ ids: decoy })) } }) as never,
      hiddenStates: async (ids, { signal } = {}) => {
        begin();
        await reading;
        signal?.throwIfAborted();
        return { hidden: new Float32Array(), probabilities: new Float32Array(ids.length).fill(0.36) };
      },
    },
    tokenizer: { encode: (text) => text.split(" ").map((_, at) => at) },
    probe: undefined,
    content: { get: async () => encodeContributionFile(file) },
    admissions: { licencesAt: async () => [licenceToBytes32("MIT")] },
    log: { info: () => {}, fault: () => {} },
  });
  const beside = { earlier: new EarlierRecords(), sample: new EarlierSample(1), seed: 1, isProbed: false };
  const stop = new AbortController();

  const ended = judge.judge(contribution, beside, stop.signal);
  const other = judge.judge(contribution, beside, new AbortController().signal);
  await begun;
  stop.abort(new Error("a round begins"));
  read();

  await expect(ended).rejects.toThrow("a round begins");
  expect(await other).toMatchObject({ score: 10_000, reasons: [] });
});
