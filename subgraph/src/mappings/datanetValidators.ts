import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import {
  Equivocated,
  ReserveAdded,
  RewardCollected,
  RoundDecided,
  RoundOpened,
  RoundReferred,
  ScoresCommitted,
  ScoresRevealed,
  ValidatorsChanged,
} from "../../generated/DatanetValidators/DatanetValidators";
import { Datanet, Score, ValidationRound, ValidatorEquivocation } from "../../generated/schema";
import { eventId, numberId } from "../entities/ids";
import { saveListings } from "../entities/listing";
import { loadValidator } from "../entities/validator";

export function handleValidatorsChanged(event: ValidatorsChanged): void {
  const datanet = numberId(event.params.datanet);
  saveListings(event, datanet, "validator", event.params.added, true);
  saveListings(event, datanet, "validator", event.params.removed, false);
}

export function handleRoundOpened(event: RoundOpened): void {
  const round = new ValidationRound(numberId(event.params.round));
  round.number = event.params.round;
  round.datanet = numberId(event.params.datanet);
  round.rules = event.params.rules.toI32();
  const contributions: Bytes[] = [];
  for (let i = 0; i < event.params.contributions.length; i++) {
    contributions.push(numberId(event.params.contributions[i]));
  }
  round.contributions = contributions;
  round.commitsUntil = event.params.commitsUntil;
  round.revealsUntil = event.params.revealsUntil;
  round.commitCount = 0;
  round.revealCount = 0;
  round.state = "Open";
  round.accepted = [];
  round.pot = BigInt.zero();
  round.perPoint = BigInt.zero();
  round.openedAt = event.block.timestamp;
  round.openedIn = event.transaction.hash;
  round.save();
}

export function handleScoresCommitted(event: ScoresCommitted): void {
  const round = ValidationRound.load(numberId(event.params.round));
  if (round == null) return;
  round.commitCount = event.params.commitCountAfter.toI32();
  round.save();

  const validator = loadValidator(event.params.validator);
  validator.commitCount = validator.commitCount + 1;
  validator.save();

  const score = new Score(round.id.concat(validator.id));
  score.round = round.id;
  score.validator = validator.id;
  score.commitment = event.params.commitment;
  score.committedAt = event.block.timestamp;
  score.committedIn = event.transaction.hash;
  score.save();
}

export function handleScoresRevealed(event: ScoresRevealed): void {
  const round = ValidationRound.load(numberId(event.params.round));
  if (round == null) return;
  round.revealCount = event.params.revealCountAfter.toI32();
  round.save();

  const validator = loadValidator(event.params.validator);
  validator.revealCount = validator.revealCount + 1;
  validator.save();

  const score = Score.load(round.id.concat(validator.id));
  if (score == null) return;
  score.scores = event.params.scores;
  score.revealedAt = event.block.timestamp;
  score.revealedIn = event.transaction.hash;
  score.save();
}

export function handleRoundDecided(event: RoundDecided): void {
  const round = ValidationRound.load(numberId(event.params.round));
  if (round != null) {
    const accepted: boolean[] = [];
    let bits = event.params.accepted;
    for (let i = 0; i < round.contributions.length; i++) {
      accepted.push(bits.bitAnd(BigInt.fromI32(1)).equals(BigInt.fromI32(1)));
      bits = bits.rightShift(1);
    }
    round.accepted = accepted;
    round.state = "Decided";
    round.pot = event.params.pot;
    round.perPoint = event.params.perPoint;
    round.closedAt = event.block.timestamp;
    round.closedIn = event.transaction.hash;
    round.save();
  }
  setReserve(event.params.datanet, event.params.reserveAfter);
}

export function handleRoundReferred(event: RoundReferred): void {
  const round = ValidationRound.load(numberId(event.params.round));
  if (round == null) return;
  round.state = "Referred";
  round.closedAt = event.block.timestamp;
  round.closedIn = event.transaction.hash;
  round.save();
}

export function handleRewardCollected(event: RewardCollected): void {
  // what an equivocator would have earned goes to the reserve
  if (event.params.to.equals(event.address)) return;
  const validator = loadValidator(event.params.validator);
  validator.rewards = validator.rewards.plus(event.params.amount);
  validator.save();

  const score = Score.load(numberId(event.params.round).concat(validator.id));
  if (score == null) return;
  score.reward = event.params.amount;
  score.save();
}

export function handleReserveAdded(event: ReserveAdded): void {
  setReserve(event.params.datanet, event.params.reserveAfter);
}

export function handleEquivocated(event: Equivocated): void {
  const validator = loadValidator(event.params.validator);
  validator.equivocationCount = validator.equivocationCount + 1;
  validator.slashed = validator.slashed.plus(event.params.taken);
  validator.save();

  const equivocation = new ValidatorEquivocation(eventId(event.transaction.hash, event.logIndex));
  equivocation.round = numberId(event.params.round);
  equivocation.validator = validator.id;
  equivocation.prover = event.params.prover;
  equivocation.taken = event.params.taken;
  equivocation.bounty = event.params.bounty;
  equivocation.timestamp = event.block.timestamp;
  equivocation.transaction = event.transaction.hash;
  equivocation.save();
}

function setReserve(number: BigInt, amount: BigInt): void {
  const datanet = Datanet.load(numberId(number));
  if (datanet == null) return;
  datanet.reserve = amount;
  datanet.save();
}
