import {
  type BatchFile,
  decodeBatchFile,
  type MerkleTree,
  type query,
  readSettledBatches,
  receiptTree,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";

/** A batch's file beside what the market says of the batch. */
export type CheckedBatch = {
  readonly file: BatchFile;
  /** Of the file's receipts; a check failed where its root is not `root`. */
  readonly tree: MerkleTree;
  /** The receipts' root on chain. */
  readonly root: Hex;
  /** Seconds since 1970: the parts of a fee are those of then. */
  readonly settledAt: bigint;
};

/** The receipts of a batch, held against the root that its settlement left on chain; undefined where they are not to be had. */
export async function checkBatch(
  { reader, content, domain }: Connection,
  checks: CheckList,
  batch: query.IndexedBatch,
): Promise<CheckedBatch | undefined> {
  const subject = `batch ${batch.number}`;
  const header = await checks.attempt("receipts_root", subject, async () => {
    const { number, block } = batch;
    const [settled] = await readSettledBatches(reader, { numbers: [number], fromBlock: block, toBlock: block });
    if (settled === undefined) throw new Error(`The market settled no such batch in block ${block}.`);
    return settled.header;
  });
  if (header !== undefined) checks.equal("receipts_root_indexed", subject, header.receiptsRoot, batch.receiptsRoot);
  const file = await checks.attempt("batch_file", subject, async () =>
    decodeBatchFile(await content.get(batch.dataHash)),
  );
  if (file === undefined || header === undefined) return undefined;

  checks.holds("batch_file", subject, true, batch.dataHash);
  const tree = receiptTree(
    domain,
    file.receipts.map(({ receipt }) => receipt),
  );
  checks.equal("receipts_root", subject, header.receiptsRoot, tree.root);
  return { file, tree, root: header.receiptsRoot, settledAt: header.settledAt };
}
