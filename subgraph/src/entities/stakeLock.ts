import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";
import { StakeLock } from "../../generated/schema";

/** Sets what a court keeps from leaving a pool. */
export function saveStakeLock(locker: Address, pool: Bytes, amount: BigInt): void {
  const lock = new StakeLock(locker.concat(pool));
  lock.pool = pool;
  lock.locker = locker;
  lock.amount = amount;
  lock.save();
}
