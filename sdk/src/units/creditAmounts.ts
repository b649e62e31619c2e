import type { Address } from "viem";
import { isPoolAccount } from "../hash/poolAccount.js";
import { checkShares, SHARE_WHOLE } from "../hash/shares.js";
import type { Share } from "../hash/types.js";

/**
 * What each account of a share list earns of a receipt's data fee: `floor(dataFee·share/2¹⁶)`; the list's first account,
 * when it is a Datanet's pool, takes what the others leave, so that nothing is lost.
 *
 * @param dataFee Base units. @param shares As `sharesHash` demands them; an empty list earns nobody anything.
 * @returns One entry a share, in the same order; an amount may be zero.
 * @throws InvalidValueError when the list is malformed.
 */
export function creditAmounts(
  dataFee: bigint,
  shares: readonly Share[],
): readonly { readonly account: Address; readonly amount: bigint }[] {
  checkShares(shares);
  const amounts = shares.map(({ account, share }) => ({
    account,
    amount: (dataFee * BigInt(share)) / BigInt(SHARE_WHOLE),
  }));
  const first = amounts[0];
  if (first !== undefined && isPoolAccount(first.account)) {
    const others = amounts.slice(1).reduce((sum, { amount }) => sum + amount, 0n);
    first.amount = dataFee - others;
  }
  return amounts;
}
