import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";
import { StakePool } from "../../generated/schema";

const ROLES = ["None", "Runner", "Oracle", "Validator", "Model", "Agent"];

/** The role's name; its number for roles this index does not know yet. */
export function roleName(role: i32): string {
  return role >= 0 && role < ROLES.length ? ROLES[role] : role.toString();
}

export function roleId(role: i32): Bytes {
  return Bytes.fromUint8Array(Bytes.fromI32(role).subarray(0, 1));
}

export function loadStakePool(operator: Address, role: i32): StakePool {
  const id = operator.concat(roleId(role));
  let pool = StakePool.load(id);
  if (pool != null) return pool;
  const zero = BigInt.zero();
  pool = new StakePool(id);
  pool.operator = operator;
  pool.role = roleName(role);
  pool.own = zero;
  pool.ownThawing = zero;
  pool.ownThawEnd = zero;
  pool.delegated = zero;
  pool.shares = zero;
  pool.thawingShares = zero;
  pool.locked = zero;
  pool.ownSlashed = zero;
  pool.delegatedSlashed = zero;
  pool.slashWindowEnd = zero;
  pool.fees = zero;
  pool.scheduled = zero;
  pool.scheduledEnd = zero;
  pool.operatorFees = zero;
  pool.delegatorFees = zero;
  pool.feesPerShare = zero;
  pool.feeCutBps = 0;
  pool.nextFeeCutBps = 0;
  pool.nextFeeCutAt = zero;
  return pool;
}
