import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";
import { Dispute, DisputeRound } from "../../generated/schema";
import { numberId } from "./ids";

const KINDS = ["None", "Licence", "Data", "Downtime", "Answer", "Model", "Agent"];

/** The kind's name; its number for kinds this index does not know yet. */
export function kindName(kind: i32): string {
  return kind >= 0 && kind < KINDS.length ? KINDS[kind] : kind.toString();
}

/** Made by the jury's event, completed by the dispute manager's, both in one transaction. */
export function loadDispute(number: BigInt): Dispute {
  const id = numberId(number);
  let dispute = Dispute.load(id);
  if (dispute != null) return dispute;
  const zero = BigInt.zero();
  dispute = new Dispute(id);
  dispute.number = number;
  dispute.kind = kindName(0);
  dispute.offenceId = Bytes.empty();
  dispute.subject = Bytes.empty();
  dispute.offence = Bytes.empty();
  dispute.filer = Address.zero();
  dispute.accused = Address.zero();
  dispute.atRisk = zero;
  dispute.state = "Open";
  dispute.bond = zero;
  dispute.quorum = zero;
  dispute.evidenceUntil = zero;
  dispute.filedAt = zero;
  dispute.taken = zero;
  dispute.bounty = zero;
  dispute.transaction = Bytes.empty();
  return dispute;
}

export function roundId(dispute: BigInt, round: i32): Bytes {
  return numberId(dispute).concat(Bytes.fromUint8Array(Bytes.fromI32(round).subarray(0, 1)));
}

export function openRound(dispute: BigInt, round: i32, commitsUntil: BigInt, revealsUntil: BigInt): void {
  const entity = new DisputeRound(roundId(dispute, round));
  entity.dispute = numberId(dispute);
  entity.round = round;
  entity.commitsUntil = commitsUntil;
  entity.revealsUntil = revealsUntil;
  entity.commitCount = BigInt.zero();
  entity.uphold = BigInt.zero();
  entity.dismiss = BigInt.zero();
  entity.pot = BigInt.zero();
  entity.save();
}
