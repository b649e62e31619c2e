import type { Hex } from "viem";
import type { Voucher } from "../hash/types.js";
import { decodeBase64Url, encodeBase64Url } from "./base64url.js";
import { canonicalJson } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";

/** Name of the request header that pays. */
export const VOUCHER_HEADER = "X-OpenLedger-Voucher";

/** A signed voucher and the request's salt, as they travel with a request. */
export type SignedVoucher = { readonly voucher: Voucher; readonly signature: Hex; readonly salt: Hex };

/** Base64url of the canonical JSON `{voucher, signature, salt}`. */
export function encodeVoucherHeader({ voucher, signature, salt }: SignedVoucher): string {
  return encodeBase64Url(
    canonicalJson({
      voucher: {
        channel: voucher.channel,
        model: voucher.model.toString(),
        nonce: voucher.nonce.toString(),
        cumulativeCap: voucher.cumulativeCap.toString(),
        requestHash: voucher.requestHash,
        deadline: voucher.deadline.toString(),
      },
      signature,
      salt,
    }),
  );
}

/** @throws MalformedDocumentError */
export function decodeVoucherHeader(header: string): SignedVoucher {
  const reader = DocumentReader.parse("voucher header", decodeBase64Url("voucher header", header));
  const voucher = reader.field("voucher");
  const signature = reader.field("signature");
  if (signature.hex().length !== 132) signature.fail("expected a signature of 65 bytes");
  return {
    voucher: {
      channel: voucher.field("channel").bytes32(),
      model: voucher.field("model").uint(64),
      nonce: voucher.field("nonce").uint(64),
      cumulativeCap: voucher.field("cumulativeCap").uint(96),
      requestHash: voucher.field("requestHash").bytes32(),
      deadline: voucher.field("deadline").uint(64),
    },
    signature: signature.hex(),
    salt: reader.field("salt").bytes32(),
  };
}
