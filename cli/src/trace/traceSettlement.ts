import { domainHash, receiptHash, receiptLeaf, verifyMerkleProof } from "@openledger/sdk";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";
import { checkBatch } from "./checkBatch.js";
import { checkTransaction } from "./checkTransaction.js";
import type { FoundReceipt } from "./findReceipt.js";
import type { TracedSettlement } from "./Trace.js";

/** The batch that settled the receipt; undefined while there is none. */
export async function traceSettlement(
  connection: Connection,
  checks: CheckList,
  found: FoundReceipt,
): Promise<TracedSettlement | undefined> {
  const { domain } = connection;
  const { batch, receipt } = found;
  if (batch === undefined) return undefined;
  const subject = `batch ${batch.number}`;

  const checked = await checkBatch(connection, checks, batch);
  let receiptIndex: number | undefined;
  if (checked !== undefined) {
    const { file, tree, root } = checked;
    const hash = receiptHash(domain, receipt);
    receiptIndex = file.receipts.findIndex((entry) => receiptHash(domain, entry.receipt) === hash);
    const listed =
      receiptIndex >= 0 && verifyMerkleProof(domainHash("Receipt"), root, receiptLeaf(hash), tree.proof(receiptIndex));
    checks.holds("receipt_in_batch", subject, listed, listed ? `receipt ${receiptIndex}` : "the receipt is not in it");
  }
  await checkTransaction(connection, checks, "settlement", batch.transaction, "inferenceMarket");

  const { number, receiptsRoot, dataHash, transaction } = batch;
  return { batch: `${number}`, receiptIndex, receiptsRoot, dataHash, transaction };
}
