import { BigInt, ethereum } from "@graphprotocol/graph-ts";
import {
  EndpointSet,
  FeesAdded,
  MinimumStakeSet,
  Staked,
  ThawStarted,
  ThawWithdrawn,
} from "../../generated/StakingManager/StakingManager";
import { RoleMinimum, StakeChange, StakePool } from "../../generated/schema";
import { eventId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";
import { loadStakePool, roleId, roleName } from "../entities/stakePool";

export function handleStaked(event: Staked): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.tokens = event.params.tokensAfter;
  pool.save();
  saveChange(event, pool, "stake", event.params.amount);
  addStake(event.params.amount);
}

export function handleThawStarted(event: ThawStarted): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.thawing = event.params.thawingAfter;
  pool.thawEnd = event.params.thawEnd;
  pool.save();
  saveChange(event, pool, "thaw", event.params.amount);
}

export function handleThawWithdrawn(event: ThawWithdrawn): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.tokens = event.params.tokensAfter;
  pool.thawing = BigInt.zero();
  pool.thawEnd = BigInt.zero();
  pool.save();
  saveChange(event, pool, "withdrawal", event.params.amount);
  addStake(event.params.amount.neg());
}

export function handleFeesAdded(event: FeesAdded): void {
  const pool = loadStakePool(event.params.operator, event.params.role);
  pool.tokens = event.params.tokensAfter;
  pool.fees = pool.fees.plus(event.params.amount);
  pool.save();
  saveChange(event, pool, "fees", event.params.amount);
  addStake(event.params.amount);
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

function saveChange(event: ethereum.Event, pool: StakePool, kind: string, amount: BigInt): void {
  const change = new StakeChange(eventId(event.transaction.hash, event.logIndex));
  change.pool = pool.id;
  change.kind = kind;
  change.amount = amount;
  change.timestamp = event.block.timestamp;
  change.transaction = event.transaction.hash;
  change.save();
}

function addStake(amount: BigInt): void {
  const protocol = loadProtocol();
  protocol.staked = protocol.staked.plus(amount);
  protocol.save();
}
