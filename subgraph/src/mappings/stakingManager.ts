import { Address, BigInt, ethereum } from "@graphprotocol/graph-ts";
import { RoleMinimum, Slash, StakePool, Thaw } from "../../generated/schema";
import {
  Delegated,
  EndpointSet,
  ExitsPaused,
  FeeCutSet,
  FeesAdded,
  FeesClaimed,
  FeesReleased,
  MinimumStakeSet,
  OperatorFeesClaimed,
  Slashed,
  Staked,
  StakeLocked,
  StakeUnlocked,
  StakingPaused,
  ThawStarted,
  ThawWithdrawn,
  UndelegationStarted,
  UndelegationWithdrawn,
} from "../../generated/StakingManager/StakingManager";
import { loadDelegation } from "../entities/delegation";
import { eventId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";
import { moveStake, saveStakeChange } from "../entities/stakeChange";
import { saveStakeLock } from "../entities/stakeLock";
import { loadStakePool, roleId, roleName } from "../entities/stakePool";

export function handleStaked(event: Staked): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.own = event.params.ownAfter;
  pool.save();
  saveStakeChange(event, pool, "stake", event.params.from, event.params.amount);
  moveStake(pool, event.params.amount, BigInt.zero(), BigInt.zero());
}

export function handleThawStarted(event: ThawStarted): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.ownThawing = event.params.thawingAfter;
  pool.ownThawEnd = event.params.thawEnd;
  pool.save();
  const thaw = newThaw(event, pool, event.params.operator);
  thaw.amount = event.params.amount;
  thaw.thawingAfter = event.params.thawingAfter;
  thaw.thawEnd = event.params.thawEnd;
  thaw.save();
}

export function handleThawWithdrawn(event: ThawWithdrawn): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.own = event.params.ownAfter;
  pool.ownThawing = BigInt.zero();
  pool.ownThawEnd = BigInt.zero();
  pool.save();
  saveStakeChange(event, pool, "withdrawal", event.params.operator, event.params.amount);
  moveStake(pool, BigInt.zero(), event.params.amount, BigInt.zero());
}

export function handleDelegated(event: Delegated): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.delegated = event.params.delegatedAfter;
  pool.shares = event.params.poolSharesAfter;
  pool.save();
  const delegation = loadDelegation(event.params.delegator, pool.id);
  delegation.shares = event.params.sharesAfter;
  delegation.deposited = delegation.deposited.plus(event.params.amount);
  delegation.save();
  saveStakeChange(event, pool, "delegation", event.params.delegator, event.params.amount);
  moveStake(pool, event.params.amount, BigInt.zero(), BigInt.zero());
}

export function handleUndelegationStarted(event: UndelegationStarted): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.thawingShares = event.params.poolThawingAfter;
  pool.save();
  const delegation = loadDelegation(event.params.delegator, pool.id);
  delegation.thawingShares = event.params.thawingAfter;
  delegation.thawEnd = event.params.thawEnd;
  delegation.save();
  const thaw = newThaw(event, pool, event.params.delegator);
  thaw.shares = event.params.shares;
  thaw.thawingAfter = event.params.thawingAfter;
  thaw.thawEnd = event.params.thawEnd;
  thaw.save();
}

export function handleUndelegationWithdrawn(event: UndelegationWithdrawn): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.delegated = event.params.delegatedAfter;
  pool.shares = event.params.poolSharesAfter;
  pool.thawingShares = event.params.poolThawingAfter;
  // A window ends with its last delegator.
  if (event.params.poolSharesAfter.isZero()) pool.slashWindowEnd = BigInt.zero();
  pool.save();
  const delegation = loadDelegation(event.params.delegator, pool.id);
  delegation.shares = event.params.sharesAfter;
  delegation.thawingShares = BigInt.zero();
  delegation.thawEnd = BigInt.zero();
  delegation.withdrawn = delegation.withdrawn.plus(event.params.amount);
  delegation.save();
  saveStakeChange(event, pool, "undelegation", event.params.delegator, event.params.amount);
  moveStake(pool, BigInt.zero(), event.params.amount, BigInt.zero());
}

export function handleFeesAdded(event: FeesAdded): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.fees = pool.fees.plus(event.params.amount);
  pool.operatorFees = event.params.operatorFeesAfter;
  pool.scheduled = event.params.scheduledAfter;
  pool.scheduledEnd = event.params.scheduledEnd;
  pool.save();
  saveStakeChange(event, pool, "fees", event.params.from, event.params.amount);
  moveFees(event.params.amount);
}

export function handleFeesReleased(event: FeesReleased): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.operatorFees = event.params.operatorFeesAfter;
  pool.delegatorFees = event.params.delegatorFeesAfter;
  pool.scheduled = event.params.scheduledAfter;
  pool.feesPerShare = event.params.feesPerShareAfter;
  pool.save();
}

export function handleFeesClaimed(event: FeesClaimed): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.delegatorFees = event.params.delegatorFeesAfter;
  pool.save();
  const delegation = loadDelegation(event.params.delegator, pool.id);
  delegation.feesClaimed = delegation.feesClaimed.plus(event.params.amount);
  delegation.save();
  saveStakeChange(event, pool, "claim", event.params.delegator, event.params.amount);
  moveFees(event.params.amount.neg());
}

export function handleOperatorFeesClaimed(event: OperatorFeesClaimed): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.operatorFees = BigInt.zero();
  pool.save();
  saveStakeChange(event, pool, "claim", event.params.operator, event.params.amount);
  moveFees(event.params.amount.neg());
}

export function handleFeeCutSet(event: FeeCutSet): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.feeCutBps = event.params.bps;
  pool.nextFeeCutBps = event.params.nextBps;
  pool.nextFeeCutAt = event.params.nextAt;
  pool.save();
}

export function handleStakeLocked(event: StakeLocked): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.locked = event.params.lockedAfter;
  pool.save();
  saveStakeLock(event.params.locker, pool.id, event.params.lockAfter);
}

export function handleStakeUnlocked(event: StakeUnlocked): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.locked = event.params.lockedAfter;
  pool.save();
  saveStakeLock(event.params.locker, pool.id, event.params.lockAfter);
}

export function handleSlashed(event: Slashed): void {
  const outcome = event.params.outcome;
  const taken = outcome.own.plus(outcome.delegated);
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.own = outcome.ownAfter;
  pool.ownThawing = outcome.ownThawingAfter;
  if (outcome.ownThawingAfter.isZero()) pool.ownThawEnd = BigInt.zero();
  pool.delegated = outcome.delegatedAfter;
  pool.locked = outcome.lockedAfter;
  pool.ownSlashed = pool.ownSlashed.plus(outcome.own);
  pool.delegatedSlashed = pool.delegatedSlashed.plus(outcome.delegated);
  pool.slashWindowEnd = outcome.slashWindowEnd;
  pool.save();
  saveStakeLock(event.params.slasher, pool.id, outcome.lockAfter);

  const slash = new Slash(eventId(event.transaction.hash, event.logIndex));
  slash.pool = pool.id;
  slash.slasher = event.params.slasher;
  slash.own = outcome.own;
  slash.delegated = outcome.delegated;
  slash.bounty = outcome.bounty;
  slash.bountyTo = event.params.bountyTo;
  slash.refund = outcome.refund;
  slash.refundTo = event.params.refundTo;
  slash.burnt = outcome.burnt;
  slash.timestamp = event.block.timestamp;
  slash.transaction = event.transaction.hash;
  slash.save();

  saveStakeChange(event, pool, "slash", event.params.slasher, taken);
  moveStake(pool, BigInt.zero(), BigInt.zero(), taken);
  const protocol = loadProtocol();
  protocol.burnt = protocol.burnt.plus(outcome.burnt);
  protocol.save();
}

export function handleEndpointSet(event: EndpointSet): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.endpoint = event.params.endpoint;
  pool.save();
}

export function handleMinimumStakeSet(event: MinimumStakeSet): void {
  const minimum = new RoleMinimum(roleId(event.params.role));
  minimum.role = roleName(event.params.role);
  minimum.amount = event.params.amount;
  minimum.save();
}

export function handleStakingPaused(event: StakingPaused): void {
  const protocol = loadProtocol();
  protocol.stakingPausedUntil = event.params.until;
  protocol.save();
}

export function handleExitsPaused(event: ExitsPaused): void {
  const protocol = loadProtocol();
  protocol.stakeExitsPausedUntil = event.params.until;
  protocol.save();
}

/** A thaw whose amount or shares are still to be set. */
function newThaw(event: ethereum.Event, pool: StakePool, account: Address): Thaw {
  const thaw = new Thaw(eventId(event.transaction.hash, event.logIndex));
  thaw.pool = pool.id;
  thaw.account = account;
  thaw.timestamp = event.block.timestamp;
  thaw.transaction = event.transaction.hash;
  return thaw;
}

function moveFees(amount: BigInt): void {
  const protocol = loadProtocol();
  protocol.stakingFees = protocol.stakingFees.plus(amount);
  protocol.save();
}
