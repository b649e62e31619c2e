import type { Credit, Payout } from "../hash/types.js";
import { canonicalJsonBytes } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";

const FORMAT = "openledger.epoch/1";

/** The leaf data of an epoch: what its two roots stand for. */
export type EpochFile = {
  readonly epoch: bigint;
  readonly firstBatch: bigint;
  readonly lastBatch: bigint;
  readonly stream: bigint;
  readonly total: bigint;
  readonly credits: readonly Credit[];
  readonly payouts: readonly Payout[];
};

/** The file's bytes for the content store. */
export function encodeEpochFile(file: EpochFile): Uint8Array {
  return canonicalJsonBytes({
    format: FORMAT,
    epoch: file.epoch.toString(),
    firstBatch: file.firstBatch.toString(),
    lastBatch: file.lastBatch.toString(),
    stream: file.stream.toString(),
    total: file.total.toString(),
    credits: file.credits.map((credit) => [
      credit.contributor.toLowerCase(),
      credit.batch.toString(),
      credit.receiptIndex,
      credit.amount.toString(),
      credit.running.toString(),
    ]),
    payouts: file.payouts.map((payout) => [
      payout.account.toLowerCase(),
      payout.cumulative.toString(),
      payout.runningSum.toString(),
    ]),
  });
}

/** Reads the shape alone: whether the numbers are true is for `findEpochFault` to say. @throws MalformedDocumentError */
export function decodeEpochFile(bytes: Uint8Array): EpochFile {
  const reader = DocumentReader.parse("epoch file", bytes);
  reader.field("format").literal(FORMAT);
  return {
    epoch: reader.field("epoch").uint(64),
    firstBatch: reader.field("firstBatch").uint(64),
    lastBatch: reader.field("lastBatch").uint(64),
    stream: reader.field("stream").uint(64),
    total: reader.field("total").uint(96),
    credits: reader
      .field("credits")
      .items()
      .map((item) => {
        const [contributor, batch, receiptIndex, amount, running] = item.tuple(5);
        return {
          contributor: contributor!.address(),
          batch: batch!.uint(64),
          receiptIndex: receiptIndex!.uint32(),
          amount: amount!.uint(96),
          running: running!.uint(96),
        };
      }),
    payouts: reader
      .field("payouts")
      .items()
      .map((item) => {
        const [account, cumulative, runningSum] = item.tuple(3);
        return { account: account!.address(), cumulative: cumulative!.uint(96), runningSum: runningSum!.uint(128) };
      }),
  };
}
