import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";
import { Delegation } from "../../generated/schema";

export function loadDelegation(delegator: Address, pool: Bytes): Delegation {
  const id = delegator.concat(pool);
  let delegation = Delegation.load(id);
  if (delegation != null) return delegation;
  const zero = BigInt.zero();
  delegation = new Delegation(id);
  delegation.delegator = delegator;
  delegation.pool = pool;
  delegation.shares = zero;
  delegation.thawingShares = zero;
  delegation.thawEnd = zero;
  delegation.deposited = zero;
  delegation.withdrawn = zero;
  delegation.feesClaimed = zero;
  return delegation;
}
