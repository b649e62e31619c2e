import type { Address } from "viem";
import { isPoolAccount } from "../hash/poolAccount.js";
import { isWhole, SHARE_WHOLE } from "../hash/shares.js";
import type { Share } from "../hash/types.js";
import { dataFee } from "./dataFee.js";

/** What a receipt has for data: 0 for a model that does not exist and for a fee above the cumulative amount. */
export function receiptDataFee(
  receipt: { readonly cumulative: bigint; readonly fee: bigint },
  dataBps: number | undefined,
): bigint {
  return dataBps === undefined || receipt.fee > receipt.cumulative ? 0n : dataFee(receipt, dataBps);
}

/**
 * What `account` earns of a receipt's data fee: `floor(fee·share/2¹⁶)`; the list's first account, when it is a pool's,
 * takes what the others leave, so that nothing is lost. A list that is not whole, whoever signed it, earns nobody
 * anything. The same function as the contract's, and what its proofs compare a credit with.
 */
export function dueAmount(shares: readonly Share[], account: Address, fee: bigint): bigint {
  if (!isWhole(shares)) return 0n;
  const place = shares.findIndex((share) => BigInt(share.account) === BigInt(account));
  const entry = shares[place];
  if (entry === undefined) return 0n;
  if (place > 0 || !isPoolAccount(account)) return part(fee, entry);
  return fee - shares.slice(1).reduce((sum, other) => sum + part(fee, other), 0n);
}

function part(fee: bigint, { share }: Share): bigint {
  return (fee * BigInt(share)) / BigInt(SHARE_WHOLE);
}
