import type { BatchProof } from "../actions/court/proveBatch.js";
import { type MarketDomain, receiptHash } from "../hash/typedData.js";
import type { SignedReceipt } from "./BatchFault.js";

/** The proof that a runner signed two receipts for one nonce, the first pair among these; undefined when there is none. */
export function findEquivocation(market: MarketDomain, signed: readonly SignedReceipt[]): BatchProof | undefined {
  const byPlace = new Map<string, SignedReceipt>();
  for (const entry of signed) {
    const { channel, model, nonce } = entry.receipt;
    const place = `${channel.toLowerCase()}:${model}:${nonce}`;
    const other = byPlace.get(place);
    if (other === undefined) {
      byPlace.set(place, entry);
    } else if (receiptHash(market, other.receipt) !== receiptHash(market, entry.receipt)) {
      const args = [other.receipt, other.signature, entry.receipt, entry.signature] as const;
      return { name: "proveEquivocation", args };
    }
  }
  return undefined;
}
