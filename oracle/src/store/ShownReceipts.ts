/** What the court had shown of batches: one receipt at its place, or all of a batch, piece by piece. */
import type { Address, Hex } from "viem";
import type { ReadReceipt } from "../attribute/readBatchFile.js";
import type { Queries } from "./Database.js";
import type { EventRow, Stored } from "./EventRow.js";

export class ShownReceipts {
  constructor(private readonly queries: Queries) {}

  /**
   * What was shown of a batch, in the order of its tree, and how many receipts it has, once that is known. A receipt that was
   * shown alone has its signature, and goes before the same one among all of the batch.
   */
  async ofBatch(batch: bigint): Promise<{
    readonly receipts: ReadonlyMap<number, ReadReceipt>;
    readonly count: number | undefined;
  }> {
    const rows = await this.queries.query<EventRow>(
      `select * from events where args->>'batch' = $1 and (name in ('ReceiptRevealed', 'ReceiptsDisclosed', 'ReceiptsShown')
         or (name = 'DemandAnswered' and contract = 'receiptCourt'))`,
      [batch.toString()],
    );
    const alone = new Map<number, ReadReceipt>();
    const among = new Map<number, ReadReceipt>();
    let count: number | undefined;
    for (const { name, args } of rows) {
      if (name === "ReceiptRevealed") {
        alone.set(Number(args.index), revealedOf(args.revelation as Stored));
      } else if (name === "ReceiptsDisclosed") {
        for (const [at, disclosure] of (args.disclosures as readonly Stored[]).entries()) {
          among.set(Number(args.first) + at, disclosedOf(disclosure));
        }
      } else {
        count = Number(args.count);
      }
    }
    const receipts = [...new Map([...among, ...alone])].sort(([a], [b]) => a - b);
    return { receipts: new Map(receipts), count };
  }
}

function revealedOf({ placed, runnerSignature, attribution }: Stored): ReadReceipt {
  return {
    ...disclosedOf({ receipt: (placed as Stored).receipt!, attribution: attribution! }),
    signature: runnerSignature as Hex,
  };
}

function disclosedOf({ receipt: shown, attribution }: Stored): ReadReceipt {
  const receipt = shown as Readonly<Record<string, string>>;
  const { shares, recordsHash, methodHash } = attribution as Stored;
  return {
    receipt: {
      channel: receipt.channel as Hex,
      model: BigInt(receipt.model!),
      nonce: BigInt(receipt.nonce!),
      cumulative: BigInt(receipt.cumulative!),
      fee: BigInt(receipt.fee!),
      promptTokens: Number(receipt.promptTokens),
      outputTokens: Number(receipt.outputTokens),
      requestHash: receipt.requestHash as Hex,
      programRoot: receipt.programRoot as Hex,
      seed: receipt.seed as Hex,
      outputHash: receipt.outputHash as Hex,
      attributionHash: receipt.attributionHash as Hex,
    },
    signature: undefined,
    shares: (shares as readonly Readonly<Record<string, string>>[]).map(({ account, share }) => ({
      account: account as Address,
      share: Number(share),
    })),
    records: [],
    recordsHash: recordsHash as Hex,
    methodHash: methodHash as Hex,
  };
}
