import { BigInt } from "@graphprotocol/graph-ts";
import {
  Claimed,
  Funded,
  RootCancelled,
  RootFinalized,
  RootProposed,
  StreamCreated,
} from "../../generated/RewardDistributor/RewardDistributor";
import { Claim, ClaimPoint, Stream } from "../../generated/schema";
import { loadContributor } from "../entities/contributor";
import { eventId, numberId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";
import { loadStream } from "../entities/stream";

export function handleStreamCreated(event: StreamCreated): void {
  const stream = new Stream(numberId(event.params.stream));
  stream.number = event.params.stream;
  stream.allocator = event.params.allocator;
  stream.creator = event.params.creator;
  if (!event.params.datanet.isZero()) stream.datanet = numberId(event.params.datanet);
  stream.funded = BigInt.zero();
  stream.allocated = BigInt.zero();
  stream.claimed = BigInt.zero();
  stream.rootNumber = 0;
  stream.save();
}

export function handleFunded(event: Funded): void {
  const stream = loadStream(event.params.stream);
  if (stream == null) return;
  stream.funded = event.params.fundedAfter;
  stream.save();

  const protocol = loadProtocol();
  protocol.funded = protocol.funded.plus(event.params.amount);
  protocol.save();
}

export function handleRootProposed(event: RootProposed): void {
  const stream = loadStream(event.params.stream);
  if (stream == null) return;
  stream.pendingRoot = event.params.root;
  stream.pendingTotal = event.params.total;
  stream.finalizableAt = event.params.finalizableAt;
  stream.save();
}

export function handleRootCancelled(event: RootCancelled): void {
  const stream = loadStream(event.params.stream);
  if (stream == null) return;
  clearPending(stream);
  stream.save();
}

export function handleRootFinalized(event: RootFinalized): void {
  const stream = loadStream(event.params.stream);
  if (stream == null) return;
  const added = event.params.total.minus(stream.allocated);
  stream.allocated = event.params.total;
  stream.root = event.params.root;
  stream.rootNumber = event.params.rootNumber.toI32();
  clearPending(stream);
  stream.save();

  const protocol = loadProtocol();
  protocol.allocated = protocol.allocated.plus(added);
  protocol.save();
}

function clearPending(stream: Stream): void {
  stream.pendingRoot = null;
  stream.pendingTotal = null;
  stream.finalizableAt = null;
}

export function handleClaimed(event: Claimed): void {
  const stream = loadStream(event.params.stream);
  if (stream == null) return;
  stream.claimed = event.params.streamClaimedAfter;
  stream.save();

  const contributor = loadContributor(event.params.account);
  contributor.claimed = contributor.claimed.plus(event.params.amount);
  contributor.save();

  const claim = new Claim(eventId(event.transaction.hash, event.logIndex));
  claim.stream = stream.id;
  claim.contributor = contributor.id;
  claim.to = event.params.to;
  claim.amount = event.params.amount;
  claim.cumulativeAfter = event.params.cumulativeAfter;
  claim.timestamp = event.block.timestamp;
  claim.transaction = event.transaction.hash;
  claim.save();

  const point = new ClaimPoint(0);
  point.contributor = contributor.id;
  point.amount = event.params.amount;
  point.save();

  const protocol = loadProtocol();
  protocol.claimed = protocol.claimed.plus(event.params.amount);
  protocol.save();
}
