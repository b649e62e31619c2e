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
      voucher: voucherToJson(voucher),
      signature,
      salt,
    }),
  );
}

/** @throws MalformedDocumentError */
export function decodeVoucherHeader(header: string): SignedVoucher {
  const reader = DocumentReader.parse("voucher header", decodeBase64Url("voucher header", header));
  const signature = reader.field("signature");
  if (signature.hex().length !== 132) signature.fail("expected a signature of 65 bytes");
  return {
    voucher: readVoucher(reader.field("voucher")),
    signature: signature.hex(),
    salt: reader.field("salt").bytes32(),
  };
}

/** A voucher's members; amounts and numbers as decimal strings. */
export function voucherToJson(voucher: Voucher): Readonly<Record<keyof Voucher, string>> {
  return {
    channel: voucher.channel,
    model: voucher.model.toString(),
    nonce: voucher.nonce.toString(),
    cumulativeCap: voucher.cumulativeCap.toString(),
    requestHash: voucher.requestHash,
    deadline: voucher.deadline.toString(),
  };
}

/** @throws MalformedDocumentError */
export function readVoucher(reader: DocumentReader): Voucher {
  return {
    channel: reader.field("channel").bytes32(),
    model: reader.field("model").uint(64),
    nonce: reader.field("nonce").uint(64),
    cumulativeCap: reader.field("cumulativeCap").uint(96),
    requestHash: reader.field("requestHash").bytes32(),
    deadline: reader.field("deadline").uint(64),
  };
}
