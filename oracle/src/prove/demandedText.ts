import { WHOLE_BATCH } from "@openledger/sdk";

/** What a demand at the court asks for, in words. */
export function demandedText(batch: bigint, index: number): string {
  return index === WHOLE_BATCH ? `all receipts of batch ${batch}` : `receipt ${index} of batch ${batch}`;
}
