import type { InferenceRequest, Voucher } from "@openledger/sdk";
import type { Hex } from "viem";

/** A voucher and the request it pays for, as stored before anything is generated. */
export interface AdmittedRequest {
  /** The voucher's EIP-712 digest: the request's name. */
  readonly digest: Hex;
  readonly voucher: Voucher;
  readonly signature: Hex;
  readonly request: InferenceRequest;
}

export type RequestState = "pending" | "answered" | "released";
