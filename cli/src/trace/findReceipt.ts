import {
  type AttributedReceipt,
  type Citation,
  decodeBatchFile,
  OpenLedgerError,
  PaymentRefusedError,
  query,
  type RecordShare,
  RunnerUnreachableError,
  receiptHash,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { Connection } from "../connect.js";

/** A receipt and the batch that holds it, if any is known. */
export type FoundReceipt = AttributedReceipt & {
  readonly batch: query.IndexedBatch | undefined;
  /** Excerpts and citations are the runner's alone. */
  readonly records: readonly (RecordShare & { readonly excerpt?: string })[];
  readonly citations?: readonly Citation[] | undefined;
};

/**
 * Finds a receipt: its runner knows it at once; without the runner it stands in the file of the batch that settled it.
 *
 * @throws OpenLedgerError `unknown_receipt` when neither has it.
 */
export async function findReceipt(connection: Connection, hash: Hex): Promise<FoundReceipt> {
  const { runner, graph } = connection;
  try {
    const kept = await runner.receipt(hash);
    const { shares, records, methodHash, citations } = kept.attribution;
    const batch = kept.settlement === undefined ? null : await query.receiptBatch(graph, kept.settlement.batch);
    const { receipt, signature } = kept;
    return { receipt, signature, shares, records, methodHash, citations, batch: batch ?? undefined };
  } catch (error) {
    const silent = error instanceof RunnerUnreachableError || error instanceof PaymentRefusedError;
    if (!silent) throw error;
    return findInBatches(connection, hash, error);
  }
}

async function findInBatches(connection: Connection, hash: Hex, cause: Error): Promise<FoundReceipt> {
  const { graph, content, domain } = connection;
  const batches = await query.receiptBatches(graph);
  for (const batch of batches.reverse()) {
    // A file that is missing or false hides its receipts, not those of other batches.
    const file = await content.get(batch.dataHash).then(decodeBatchFile, () => undefined);
    const entry = file?.receipts.find(({ receipt }) => receiptHash(domain, receipt) === hash);
    if (entry !== undefined) return { ...entry, batch };
  }
  throw new OpenLedgerError(
    `Receipt ${hash}: the runner does not give it (${cause.message}) and none of ${batches.length} batches holds it.`,
    { code: "unknown_receipt", retryable: true, cause },
  );
}
