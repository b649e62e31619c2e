import { BigInt } from "@graphprotocol/graph-ts";
import {
  EvidenceSubmitted,
  HearingAppealed,
  HearingFinished,
  HearingOpened,
  JurorPaid,
  TermsSet,
  VoteCommitted,
  VoteRevealed,
} from "../../generated/Jury/Jury";
import { DisputeEvidence, DisputeRound, JurorVote } from "../../generated/schema";
import { loadCourtTerms } from "../entities/courtTerms";
import { loadDispute, openRound, roundId } from "../entities/dispute";
import { eventId, numberId } from "../entities/ids";

const UPHOLD = 1;
const UPHELD = 3;

export function handleHearingOpened(event: HearingOpened): void {
  const dispute = loadDispute(event.params.dispute);
  dispute.filer = event.params.filer;
  dispute.accused = event.params.accused;
  dispute.bond = event.params.bond;
  dispute.quorum = event.params.quorum;
  dispute.evidenceUntil = event.params.evidenceUntil;
  dispute.filedAt = event.block.timestamp;
  dispute.transaction = event.transaction.hash;
  dispute.save();
  openRound(event.params.dispute, 1, event.params.commitsUntil, event.params.revealsUntil);
}

export function handleEvidenceSubmitted(event: EvidenceSubmitted): void {
  const evidence = new DisputeEvidence(eventId(event.transaction.hash, event.logIndex));
  evidence.dispute = numberId(event.params.dispute);
  evidence.from = event.params.from;
  evidence.evidenceHash = event.params.evidenceHash;
  evidence.timestamp = event.block.timestamp;
  evidence.transaction = event.transaction.hash;
  evidence.save();
}

export function handleVoteCommitted(event: VoteCommitted): void {
  const round = DisputeRound.load(roundId(event.params.dispute, event.params.round))!;
  round.commitCount = event.params.commitCount;
  round.save();

  const vote = new JurorVote(round.id.concat(event.params.juror));
  vote.round = round.id;
  vote.juror = event.params.juror;
  vote.commitment = event.params.commitment;
  vote.weight = BigInt.zero();
  vote.paid = BigInt.zero();
  vote.committedAt = event.block.timestamp;
  vote.save();
}

export function handleVoteRevealed(event: VoteRevealed): void {
  const round = DisputeRound.load(roundId(event.params.dispute, event.params.round))!;
  round.uphold = event.params.upholdAfter;
  round.dismiss = event.params.dismissAfter;
  round.save();

  const vote = JurorVote.load(round.id.concat(event.params.juror))!;
  vote.vote = event.params.vote == UPHOLD ? "Uphold" : "Dismiss";
  vote.weight = event.params.weight;
  vote.revealedAt = event.block.timestamp;
  vote.save();
}

export function handleHearingAppealed(event: HearingAppealed): void {
  const dispute = loadDispute(event.params.dispute);
  dispute.appellant = event.params.appellant;
  dispute.appealBond = event.params.bond;
  dispute.save();
  openRound(event.params.dispute, 2, event.params.commitsUntil, event.params.revealsUntil);
}

export function handleHearingFinished(event: HearingFinished): void {
  const dispute = loadDispute(event.params.dispute);
  dispute.state = event.params.state == UPHELD ? "Upheld" : "Dismissed";
  dispute.byDefault = event.params.byDefault;
  dispute.toFiler = event.params.toFiler;
  dispute.toAppellant = event.params.toAppellant;
  dispute.finishedAt = event.block.timestamp;
  dispute.save();

  for (let i = 0; i < 2; i++) {
    const round = DisputeRound.load(roundId(event.params.dispute, i + 1));
    if (round == null) continue;
    round.pot = event.params.pots[i];
    round.save();
  }
}

export function handleJurorPaid(event: JurorPaid): void {
  const round = DisputeRound.load(roundId(event.params.dispute, event.params.round))!;
  round.pot = event.params.potAfter;
  round.save();

  const vote = JurorVote.load(round.id.concat(event.params.juror))!;
  vote.paid = vote.paid.plus(event.params.amount);
  vote.save();
}

export function handleTermsSet(event: TermsSet): void {
  const terms = loadCourtTerms();
  terms.disputeBond = event.params.terms.bond;
  terms.quorum = event.params.terms.quorum;
  terms.jurorFeeBps = event.params.terms.jurorFeeBps;
  terms.save();
}
