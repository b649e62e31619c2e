import { type Address, type Hex, keccak256 } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { MAX_SHARES, SHARE_WHOLE } from "../hash/shares.js";
import type { Share } from "../hash/types.js";
import { domainHash } from "../merkle/domain.js";
import { dataFee } from "../units/dataFee.js";

const LARGEST_POOL = (1n << 64n) - 1n;

/** What a receipt has for data: 0 for a model that does not exist and for a fee above the cumulative amount. */
export function receiptDataFee(
  receipt: { readonly cumulative: bigint; readonly fee: bigint },
  dataBps: number | undefined,
): bigint {
  return dataBps === undefined || receipt.fee > receipt.cumulative ? 0n : dataFee(receipt, dataBps);
}

/**
 * What `account` earns of a receipt's data fee, for any list a runner may have signed: a list that is not whole earns
 * nobody anything. The same function as the contract's, and what its proofs compare a credit with.
 */
export function dueAmount(shares: readonly Share[], account: Address, fee: bigint): bigint {
  if (!isWhole(shares)) return 0n;
  const place = shares.findIndex((share) => BigInt(share.account) === BigInt(account));
  const entry = shares[place];
  if (entry === undefined) return 0n;
  if (place > 0 || BigInt(account) > LARGEST_POOL) return part(fee, entry);
  return fee - shares.slice(1).reduce((sum, other) => sum + part(fee, other), 0n);
}

/** Hash of any share list, also of one that `sharesHash` refuses: a false receipt commits to it all the same. */
export function committedSharesHash(shares: readonly Share[]): Hex {
  const parts = [packHex("domain", domainHash("Shares"), 32)];
  for (const { account, share } of shares) parts.push(packHex("account", account, 20), packUint("share", share, 32));
  return keccak256(joinBytes(parts));
}

function isWhole(shares: readonly Share[]): boolean {
  if (shares.length === 0 || shares.length > MAX_SHARES) return false;
  const ascending = shares.every(({ account }, at) => at === 0 || BigInt(shares[at - 1]!.account) < BigInt(account));
  const positive = shares.every(({ share }) => share > 0);
  return ascending && positive && shares.reduce((sum, { share }) => sum + share, 0) === SHARE_WHOLE;
}

function part(fee: bigint, { share }: Share): bigint {
  return (fee * BigInt(share)) / BigInt(SHARE_WHOLE);
}
