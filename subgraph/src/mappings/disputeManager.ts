import { Bytes } from "@graphprotocol/graph-ts";
import { DisputeFiled, PenaltySet, VerdictEnforced } from "../../generated/DisputeManager/DisputeManager";
import { DisputePenalty } from "../../generated/schema";
import { kindName, loadDispute } from "../entities/dispute";

export function handleDisputeFiled(event: DisputeFiled): void {
  const dispute = loadDispute(event.params.dispute);
  dispute.kind = kindName(event.params.kind);
  dispute.offenceId = event.params.id;
  dispute.subject = event.params.subject;
  dispute.offence = event.params.offence;
  dispute.atRisk = event.params.atRisk;
  dispute.save();
}

export function handleVerdictEnforced(event: VerdictEnforced): void {
  const dispute = loadDispute(event.params.dispute);
  dispute.taken = event.params.taken;
  dispute.bounty = event.params.bounty;
  dispute.enforcedAt = event.block.timestamp;
  dispute.save();
}

export function handlePenaltySet(event: PenaltySet): void {
  const kind = event.params.kind;
  const penalty = new DisputePenalty(Bytes.fromUint8Array(Bytes.fromI32(kind).subarray(0, 1)));
  penalty.kind = kindName(kind);
  penalty.slashBps = event.params.penalty.slashBps;
  penalty.slashMaximum = event.params.penalty.slashMaximum;
  penalty.bountyBps = event.params.penalty.bountyBps;
  penalty.save();
}
