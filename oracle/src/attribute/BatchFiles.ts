/**
 * Batches' receipts: from the file that the runner published, and from what the court had shown, which goes before the
 * file's. A batch whose file nobody has is known once all of its receipts were shown.
 */
import type { ContentClient, MarketDomain } from "@openledger/sdk";
import type { SettledBatch } from "../store/ChainFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import type { ShownReceipts } from "../store/ShownReceipts.js";
import { type BatchReading, type ReadReceipt, readBatchFile, readReceipts } from "./readBatchFile.js";

export interface BatchFilesDeps {
  readonly domain: MarketDomain;
  readonly content: Pick<ContentClient, "get">;
  readonly epochs: Pick<EpochLedger, "file" | "keepFile">;
  readonly shownReceipts: Pick<ShownReceipts, "ofBatch">;
}

export class BatchFiles {
  constructor(private readonly deps: BatchFilesDeps) {}

  /** @throws ContentUnavailableError when nobody has it now, and the court has not had all of it shown. */
  async read(batch: SettledBatch, signal: AbortSignal): Promise<BatchReading> {
    const { domain, shownReceipts } = this.deps;
    const { receipts: shown, count } = await shownReceipts.ofBatch(batch.batch);
    // The chain has all of it: a file that may be withheld is not waited for.
    if (shown.size === count) return readReceipts(domain, batch, [...shown.values()]);
    const reading = readBatchFile(domain, batch, await this.#bytes(batch, signal));
    if ("refused" in reading || shown.size === 0) return reading;
    const receipts = reading.file.receipts.map((entry, index): ReadReceipt => shown.get(index) ?? entry);
    return { ...reading, file: { ...reading.file, receipts } };
  }

  /** Keeps the file of a batch in which something is false: a case of it is opened with it. */
  async keep(batch: SettledBatch, now: Date, signal: AbortSignal): Promise<void> {
    await this.deps.epochs.keepFile(await this.#bytes(batch, signal), now);
  }

  async #bytes({ dataHash }: SettledBatch, signal: AbortSignal): Promise<Uint8Array> {
    return (await this.deps.epochs.file(dataHash)) ?? this.deps.content.get(dataHash, { signal });
  }
}
