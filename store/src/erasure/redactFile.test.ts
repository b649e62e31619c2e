import { encodeRedactedContribution, recordsRoot, redactContribution } from "@openledger/sdk";
import { expect, test } from "vitest";
import { redactFile } from "./redactFile.js";

test.each([1, 2, 3, 4, 5, 6, 7, 9, 17, 33])("%i records have the root and the leaves of the SDK", async (count) => {
  const records = Array.from({ length: count }, (_, at) => ({ path: `${at}.md`, text: `täxt ${at} `.repeat(at + 1) }));
  const source = { name: "diary", version: "1" };
  const contributor = "0x00000000000000000000000000000000000C0DE0";
  const whole = { datanet: 3n, contributor, licence: "MIT", source, records } as const;
  const held = redactContribution(whole, [Math.floor(count / 2)]);

  const { target, redacted } = await redactFile({
    file: encodeRedactedContribution(held),
    records: [0],
    recordCount: count,
  });

  expect(target.recordsRoot).toBe(recordsRoot(whole));
  const again = encodeRedactedContribution(redactContribution(held, [0]));
  expect(redacted).toEqual(count === 1 ? undefined : again);
});
