import {
  decodeBatchFile,
  domainHash,
  readSettledBatches,
  receiptHash,
  receiptLeaf,
  receiptTree,
  verifyMerkleProof,
} from "@openledger/sdk";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";
import { checkTransaction } from "./checkTransaction.js";
import type { FoundReceipt } from "./findReceipt.js";
import type { TracedSettlement } from "./Trace.js";

/** The batch that settled the receipt; undefined while there is none. */
export async function traceSettlement(
  connection: Connection,
  checks: CheckList,
  found: FoundReceipt,
): Promise<TracedSettlement | undefined> {
  const { reader, content, domain } = connection;
  const { batch, receipt } = found;
  if (batch === undefined) return undefined;
  const subject = `batch ${batch.number}`;

  const root = await checks.attempt("receipts_root", subject, async () => {
    const { number, block } = batch;
    const [settled] = await readSettledBatches(reader, { numbers: [number], fromBlock: block, toBlock: block });
    if (settled === undefined) throw new Error(`The market settled no such batch in block ${block}.`);
    return settled.header.receiptsRoot;
  });
  if (root !== undefined) checks.equal("receipts_root_indexed", subject, root, batch.receiptsRoot);
  const file = await checks.attempt("batch_file", subject, async () =>
    decodeBatchFile(await content.get(batch.dataHash)),
  );

  let receiptIndex: number | undefined;
  if (file !== undefined && root !== undefined) {
    checks.holds("batch_file", subject, true, batch.dataHash);
    const tree = receiptTree(
      domain,
      file.receipts.map((entry) => entry.receipt),
    );
    checks.equal("receipts_root", subject, root, tree.root);
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
