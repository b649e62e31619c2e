import type { Hex } from "viem";
import type { InferenceRequest } from "../hash/request.js";
import type { SignedVoucher } from "../wire/voucherHeader.js";

/** What a payer remembers of one (channel, model): the last verified receipt, and a request that may be unanswered. */
export type PayerBook = {
  readonly nonce: bigint;
  readonly cumulative: bigint;
  readonly pending?: { readonly request: InferenceRequest; readonly payment: SignedVoucher };
};

/** Where a payer keeps its books; a durable one lets it resume without trusting the runner's memory. */
export type PayerBooks = {
  get(channel: Hex, model: bigint): Promise<PayerBook | undefined>;
  set(channel: Hex, model: bigint, book: PayerBook): Promise<void>;
};

/** Books that live as long as the process. */
export function createMemoryBooks(): PayerBooks {
  const books = new Map<string, PayerBook>();
  return {
    get: async (channel, model) => books.get(`${channel}/${model}`),
    set: async (channel, model, book) => {
      books.set(`${channel}/${model}`, book);
    },
  };
}
