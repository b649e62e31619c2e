import { BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";
import { StakeChange, StakePoint, StakePool } from "../../generated/schema";
import { eventId } from "./ids";
import { loadProtocol } from "./protocol";

/** Records a movement of a pool that was saved before it. */
export function saveStakeChange(
  event: ethereum.Event,
  pool: StakePool,
  kind: string,
  account: Bytes,
  amount: BigInt,
): void {
  const change = new StakeChange(eventId(event.transaction.hash, event.logIndex));
  change.pool = pool.id;
  change.kind = kind;
  change.account = account;
  change.amount = amount;
  change.ownAfter = pool.own;
  change.delegatedAfter = pool.delegated;
  change.timestamp = event.block.timestamp;
  change.transaction = event.transaction.hash;
  change.save();
}

/** Moves the total of stake by what came in, went out or was slashed, and its series. */
export function moveStake(pool: StakePool, added: BigInt, withdrawn: BigInt, slashed: BigInt): void {
  const protocol = loadProtocol();
  protocol.staked = protocol.staked.plus(added).minus(withdrawn).minus(slashed);
  protocol.slashed = protocol.slashed.plus(slashed);
  protocol.save();

  // Id and time of a point are given by the index.
  const point = new StakePoint(0);
  point.role = pool.role;
  point.added = added;
  point.withdrawn = withdrawn;
  point.slashed = slashed;
  point.staked = protocol.staked;
  point.save();
}
