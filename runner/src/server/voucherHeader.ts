/** The payment header: base64url of `{"salt","signature","voucher"}` in JSON, integers as decimal strings. */
import type { Voucher } from "@openledger/sdk";
import type { Hex } from "viem";
import { z } from "zod";
import { RunnerError } from "../RunnerError.js";
import { normaliseSignature } from "../settle/signature.js";

export const voucherHeaderName = "x-openledger-voucher";

export interface Payment {
  readonly voucher: Voucher;
  /** 65 bytes, low s, v 27 or 28. */
  readonly signature: Hex;
  /** The request's salt. */
  readonly salt: Hex;
}

const maxHeaderLength = 4096;

const uint = (bits: number) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,38})$/, "is a decimal integer in a string")
    .transform((text) => BigInt(text))
    .refine((value) => value < 1n << BigInt(bits), `is less than 2^${bits}`);
const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "is 0x and 64 hexadecimal digits")
  .transform((text) => text.toLowerCase() as Hex);

const schema = z.strictObject({
  voucher: z.strictObject({
    channel: bytes32,
    model: uint(64),
    nonce: uint(64),
    cumulativeCap: uint(96),
    requestHash: bytes32,
    deadline: uint(64),
  }),
  signature: z.string().regex(/^0x([0-9a-fA-F]{130}|[0-9a-fA-F]{128})$/, "is 65 bytes, or 64 in the compact form"),
  salt: bytes32,
});

/** @throws RunnerError `malformed_voucher` */
export function parseVoucherHeader(header: string): Payment {
  if (header.length > maxHeaderLength)
    throw malformed(`it has ${header.length} characters, at most ${maxHeaderLength} are read`);
  if (!/^[A-Za-z0-9_-]+$/.test(header)) throw malformed("it is not base64url without padding");
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
  } catch (cause) {
    throw malformed("it does not decode to JSON", cause);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(`${issue?.path.join(".") || "it"} ${issue?.message ?? "is wrong"}`);
  }
  const { voucher, salt } = parsed.data;
  const signature = normaliseSignature(parsed.data.signature as Hex);
  if (signature === undefined) throw malformed("its signature is not one the market accepts (v 27 or 28, low s)");
  return { voucher, salt, signature };
}

function malformed(found: string, cause?: unknown): RunnerError {
  return new RunnerError(
    "malformed_voucher",
    `The header X-OpenLedger-Voucher is base64url of {"salt","signature","voucher"} as JSON; ${found}.`,
    { retryable: false, param: voucherHeaderName, cause },
  );
}
