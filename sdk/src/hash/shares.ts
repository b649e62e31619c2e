import { type Hex, keccak256 } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { domainHash } from "../merkle/domain.js";
import type { Share } from "./types.js";

/** What all shares of a receipt add up to. */
export const SHARE_WHOLE = 65_536;
/** Entries a share list may have. */
export const MAX_SHARES = 72;

/**
 * `keccak256(domain ‖ (address ‖ uint32 share)*)`.
 *
 * @param shares Ascending by account, each above zero, 65,536 in all; or empty for a model without Datanets.
 * @throws InvalidValueError
 */
export function sharesHash(shares: readonly Share[]): Hex {
  checkShares(shares);
  return committedSharesHash(shares);
}

/** Hash of any share list, also of one that `sharesHash` refuses: a false receipt commits to it all the same. */
export function committedSharesHash(shares: readonly Share[]): Hex {
  const parts = [packHex("domain", domainHash("Shares"), 32)];
  for (const { account, share } of shares) parts.push(packHex("account", account, 20), packUint("share", share, 32));
  return keccak256(joinBytes(parts));
}

/** Whether a list earns anybody anything: at most 72 shares, ascending by account, each above zero, whole in sum. */
export function isWhole(shares: readonly Share[]): boolean {
  if (shares.length === 0) return false;
  try {
    checkShares(shares);
    return true;
  } catch {
    return false;
  }
}

/** @throws InvalidValueError when the list is not ascending, whole and positive. */
export function checkShares(shares: readonly Share[]): void {
  if (shares.length === 0) return;
  if (shares.length > MAX_SHARES) throw new InvalidValueError("shares", `at most ${MAX_SHARES} entries`, shares);
  let sum = 0;
  let previous = "";
  for (const { account, share } of shares) {
    const key = account.toLowerCase();
    if (key <= previous) throw new InvalidValueError("shares", "accounts in ascending order", account);
    if (!Number.isInteger(share) || share < 1) throw new InvalidValueError("share", "an integer above zero", share);
    previous = key;
    sum += share;
  }
  if (sum !== SHARE_WHOLE) throw new InvalidValueError("shares", `a sum of ${SHARE_WHOLE}`, sum);
}
