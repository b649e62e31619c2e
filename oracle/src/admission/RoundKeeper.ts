/**
 * Takes rounds of validators through their clock: opens them over contributions that wait, commits and reveals what
 * `ContributionJudge` found, closes them, collects the reward.
 *
 *   waiting ── open ──▶ commits ── commit ──▶ reveals ── reveal ──▶ over ── close ──▶ decided ── collect
 *
 * A reveal is of what the chain says was committed, found by the commitment: after a restart or a reorganisation as before it.
 * Only plain commits are sent, never signed statements, so that no two of them can ever be shown as equivocation.
 */
import { type Deployment, datanetValidatorsAbi } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { Outbox } from "../settle/Outbox.js";
import type { AdmissionFacts, ScoringRound } from "../store/AdmissionFacts.js";
import type { ChainFacts } from "../store/ChainFacts.js";
import type { KeptScores, ScoreLedger } from "../store/ScoreLedger.js";
import { contributionsHash } from "./ContributionJudge.js";

export interface RoundKeeperDeps {
  readonly deployment: Pick<Deployment, "addresses">;
  /** Datanets in which this oracle scores. */
  readonly datanets: readonly bigint[];
  readonly admissions: Pick<AdmissionFacts, "rounds" | "contributions" | "rulesUsed" | "waiting">;
  readonly facts: Pick<ChainFacts, "newestBlock">;
  readonly scores: Pick<ScoreLedger, "ofRound" | "ofCommitment">;
  readonly chain: Pick<ProtocolReader, "now" | "roundRules">;
  readonly outbox: Pick<Outbox, "submit" | "account">;
  readonly confirmations: bigint;
  readonly clock: Clock;
  readonly log: Log;
}

/** Contributions of a round. */
const MAX_CONTRIBUTIONS = 64;
/** Seconds between a decision to open a round and the block that does it. */
const OPENING_MARGIN = 120n;
/** Pause before what a contract refused is tried again. */
const againMs = 60_000;

type Action = "commit" | "reveal" | "closeRound" | "collectReward" | "openRound";

export class RoundKeeper {
  readonly #againAt = new Map<string, number>();
  readonly #lost = new Set<bigint>();

  constructor(private readonly deps: RoundKeeperDeps) {}

  /** @returns Whether something was done. @throws OracleError `chain_unavailable`, `database_unavailable` */
  async step(signal: AbortSignal): Promise<boolean> {
    const { admissions, datanets, outbox, chain } = this.deps;
    if (datanets.length === 0) return false;
    const rounds = await admissions.rounds(datanets, outbox.account);
    const now = await chain.now();
    for (const round of rounds) {
      if (signal.aborted) return false;
      if (await this.#advance(round, now, signal)) return true;
    }
    for (const datanet of datanets) {
      if (signal.aborted) return false;
      if (await this.#open(datanet, now, signal)) return true;
    }
    return false;
  }

  /** The one step that a round's clock and state ask for. */
  async #advance(round: ScoringRound, now: bigint, signal: AbortSignal): Promise<boolean> {
    if (round.end !== undefined) return this.#collect(round, signal);
    if (now < round.commitsUntil) return this.#commit(round, signal);
    if (now < round.revealsUntil) return this.#reveal(round, signal);
    return this.#close(round, signal);
  }

  async #commit(round: ScoringRound, signal: AbortSignal): Promise<boolean> {
    if (round.committed !== undefined) return false;
    const kept = await this.deps.scores.ofRound(round.round, contributionsHash(round));
    if (kept === undefined) return false;
    return this.#send(`commit scores ${kept.commitment}`, "commit", [round.round, kept.commitment], signal);
  }

  async #reveal(round: ScoringRound, signal: AbortSignal): Promise<boolean> {
    if (round.isRevealed) return false;
    const kept = await this.#committed(round);
    if (kept === undefined) return false;
    const args = [round.round, this.deps.outbox.account, kept.scores, kept.salt];
    return this.#send(`reveal scores ${kept.commitment}`, "reveal", args, signal);
  }

  async #close({ round, contributions }: ScoringRound, signal: AbortSignal): Promise<boolean> {
    const list = await this.deps.admissions.contributions(contributions);
    return this.#send(`close round ${round}`, "closeRound", [round, list], signal);
  }

  async #collect(round: ScoringRound, signal: AbortSignal): Promise<boolean> {
    const kept = await this.#committed(round);
    if (kept === undefined || round.end?.kind !== "decided") return false;
    const rules = await this.deps.chain.roundRules(round.datanet, round.rules);
    if (rules === undefined) return false;
    const { accepted } = round.end;
    const isAccepted = (at: number) => ((accepted >> BigInt(at)) & 1n) === 1n;
    const isMajority = (score: number, at: number) => score >= rules.acceptScore === isAccepted(at);
    if (!kept.scores.some(isMajority)) return false;
    const args = [round.round, this.deps.outbox.account, kept.scores];
    return this.#send(`collect the reward of round ${round.round}`, "collectReward", args, signal);
  }

  /** What the chain holds of this oracle. */
  async #committed({ round, committed }: ScoringRound): Promise<KeptScores | undefined> {
    if (committed === undefined) return undefined;
    const kept = await this.deps.scores.ofCommitment(committed);
    if (kept === undefined && !this.#lost.has(round)) {
      this.#lost.add(round);
      this.deps.log.fault(`ROUND ${round} LOST: this database does not know the scores of commitment ${committed}.`);
    }
    return kept;
  }

  /** Opens a round over what waits under the same rules, unless it would outlast the time to decide. */
  async #open(datanet: bigint, now: bigint, signal: AbortSignal): Promise<boolean> {
    const { admissions, facts, chain, confirmations } = this.deps;
    const untilBlock = ((await facts.newestBlock()) ?? 0n) - confirmations;
    for (const number of await admissions.rulesUsed(datanet)) {
      const rules = await chain.roundRules(datanet, number);
      if (rules === undefined) continue;
      const end = now + OPENING_MARGIN + BigInt(rules.commitPeriod + rules.revealPeriod);
      const committedSince = end - BigInt(rules.decisionPeriod);
      const waiting = { datanet, rules: number, committedSince, untilBlock, limit: MAX_CONTRIBUTIONS };
      const list = await admissions.waiting(waiting);
      if (list.length === 0) continue;
      const purpose = `open a round over ${list.map((one) => one.number).join(", ")}`;
      if (await this.#send(purpose, "openRound", [list], signal)) return true;
    }
    return false;
  }

  async #send(purpose: string, functionName: Action, args: readonly unknown[], signal: AbortSignal): Promise<boolean> {
    const { deployment, outbox, clock, log } = this.deps;
    if (clock.now().getTime() < (this.#againAt.get(purpose) ?? 0)) return false;
    const address = deployment.addresses.datanetValidators;
    const outcome = await outbox.submit({ purpose, address, abi: datanetValidatorsAbi, functionName, args }, signal);
    if (outcome.kind === "refused") {
      this.#againAt.set(purpose, clock.now().getTime() + againMs);
      log.info(`Not taken: ${purpose}: ${outcome.error}.`);
    }
    return outcome.kind === "done";
  }
}
