import { type MarketDomain, type Receipt, voucherDigest } from "@openledger/sdk";
import { type Address, type Hex, isAddressEqual, recoverAddress } from "viem";
import type { ReceiptFault } from "./ReceiptFault.js";
import type { DisclosedAnswer } from "./RunnerClient.js";

const ZERO = `0x${"00".repeat(32)}`;

export interface SeedDeps {
  readonly domain: MarketDomain;
  payerOf(channel: Hex): Promise<Address>;
}

/**
 * Whether a receipt's seed is the one that the payer gave, else the digest of the voucher that the payer signed: a runner
 * that could choose it would pick among answers. The request is the receipt's already.
 *
 * @throws OracleError `chain_unavailable`
 */
export async function checkSeed(
  { domain, payerOf }: SeedDeps,
  receipt: Receipt,
  { seed, voucher }: DisclosedAnswer,
): Promise<ReceiptFault | undefined> {
  if (seed !== ZERO) return seed === receipt.seed ? undefined : { check: "seed", asked: seed, found: receipt.seed };
  const { channel, model, nonce, requestHash } = receipt;
  const { cumulativeCap, deadline, signature } = voucher;
  const digest = voucherDigest(domain, { channel, model, nonce, cumulativeCap, requestHash, deadline });
  if (digest !== receipt.seed) return { check: "seed", asked: digest, found: receipt.seed };
  const signer = await recoverAddress({ hash: digest, signature }).catch(() => undefined);
  const payer = await payerOf(channel);
  if (signer !== undefined && isAddressEqual(signer, payer)) return undefined;
  return { check: "seed", asked: `a voucher that ${payer} signed`, found: signer ?? "no signature" };
}
