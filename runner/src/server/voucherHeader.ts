import { decodeVoucherHeader, MalformedDocumentError, type SignedVoucher, VOUCHER_HEADER } from "@openledger/sdk";
import { RunnerError } from "../RunnerError.js";
import { normaliseSignature } from "../settle/normaliseSignature.js";

const maxHeaderLength = 4096;

/** The payment of a request; its signature in the form that the market takes. @throws RunnerError `malformed_voucher` */
export function parseVoucherHeader(header: string): SignedVoucher {
  if (header.length > maxHeaderLength)
    throw malformed(`it has ${header.length} characters, at most ${maxHeaderLength}.`);
  let payment: SignedVoucher;
  try {
    payment = decodeVoucherHeader(header);
  } catch (error) {
    if (error instanceof MalformedDocumentError) throw malformed(error.message, error);
    throw error;
  }
  const signature = normaliseSignature(payment.signature);
  if (signature === undefined) throw malformed("its signature is not one the market takes (v 27 or 28, low s).");
  return { ...payment, signature };
}

function malformed(found: string, cause?: unknown): RunnerError {
  return new RunnerError(
    "malformed_voucher",
    `${VOUCHER_HEADER} is base64url of {"salt","signature","voucher"} as JSON; ${found}`,
    { retryable: false, param: VOUCHER_HEADER, cause },
  );
}
