import { contentCid } from "@openledger/sdk";
import { pad } from "viem";
import { expect, it } from "vitest";
import { CheckList } from "./CheckList.js";
import type { ContributionFiles, OpenedRecord } from "./ContributionFiles.js";
import { renderTrace } from "./renderTrace.js";
import type { Trace } from "./Trace.js";
import { traceRecords } from "./traceRecords.js";

const contributor = pad("0x2", { size: 20 });
const opened = {
  contribution: { number: 7n, contributor, dataHash: pad("0x9"), committedIn: pad("0x4"), decidedIn: null },
  file: { licence: "MIT", source: { name: "tales", version: "1" } },
  path: "doramar.txt",
  text: "The pier of Doramar is built of bone.",
  leaf: pad("0x5"),
} as unknown as OpenedRecord;
const files = { record: async () => opened } as unknown as ContributionFiles;
const place = { datanet: 1n, version: 2, recordIndex: 3n, share: 32_768 };

it("leads to the file that holds a record's text and licence, and shows no excerpt that is not in it", async () => {
  const [found, made] = await traceRecords(new CheckList(), files, [
    { ...place, excerpt: "built of bone" },
    { ...place, excerpt: "built of gold" },
  ]);

  expect(found).toMatchObject({ cid: contentCid(pad("0x9")), licence: "MIT", excerpt: "built of bone" });
  expect(made!.excerpt).toBeUndefined();
  const receipt = { receiptHash: pad("0x1"), receipt: { fee: "1" }, versions: [], shares: [], checks: [] };
  const text = renderTrace({ ...receipt, records: [found] } as unknown as Trace);
  expect(text).toContain(`  file ${contentCid(pad("0x9"))}\n  "built of bone"\n`);
});
