/**
 * Judges the contributions of rounds in which this oracle may score, and keeps scores, salt and reasons; `RoundKeeper` sends them.
 *
 * Every validator that reads the same files and base comes to the same scores: earlier records are those that were accepted when
 * the round was opened, in the order in which they were committed, of all Datanets. What of the same round is accepted counts as
 * earlier too, else two copies in one round would both pass.
 *
 * A file that the store does not have is waited for until a quarter of the commit window is left. Probes, which train an adapter for
 * each contribution, are made until an eighth is left: who has no time for them scores by the other rules, in time.
 */
import { randomBytes } from "node:crypto";
import { EarlierRecords, EarlierSample, type MemoryOptions } from "@openledger/engine";
import {
  type Admission,
  type ContentClient,
  type Contribution,
  type Deployment,
  encodeAdmission,
  scoresCommitment,
} from "@openledger/sdk";
import { type Address, bytesToHex, encodeAbiParameters, type Hex, keccak256 } from "viem";
import type { Clock } from "../Clock.js";
import type { ProtocolReader, ScoringRules } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { AdmissionFacts, ScoringRound } from "../store/AdmissionFacts.js";
import type { ChainFacts } from "../store/ChainFacts.js";
import type { KeptAdmission, ScoreLedger } from "../store/ScoreLedger.js";
import { appealOf } from "./explainRefusals.js";
import { probeSeed } from "./probeSeed.js";
import { isTooLarge, type RecordJudge } from "./RecordJudge.js";
import { readRecords } from "./readRecords.js";

/** Pause before a round that could not be judged is looked at again. */
const againMs = 10_000;

export interface ContributionJudgeDeps {
  readonly deployment: Deployment;
  /** Datanets in which this oracle scores. */
  readonly datanets: readonly bigint[];
  readonly account: Address;
  readonly judge: RecordJudge;
  readonly content: Pick<ContentClient, "get">;
  readonly admissions: Pick<AdmissionFacts, "rounds" | "contributions" | "earlier">;
  readonly facts: Pick<ChainFacts, "newestBlock">;
  readonly scores: Pick<ScoreLedger, "keep" | "ofRound">;
  readonly chain: Pick<ProtocolReader, "now" | "isValidator" | "roundRules">;
  readonly confirmations: bigint;
  /** How much of earlier records is in memory, and where the rest is. */
  readonly memory: MemoryOptions;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was found of a round, in the order of its contributions. */
interface Judged {
  readonly scores: readonly number[];
  readonly admissions: readonly Admission[];
}

export class ContributionJudge {
  readonly #againAt = new Map<bigint, number>();

  constructor(private readonly deps: ContributionJudgeDeps) {}

  /**
   * @param onRound Called before a round is judged.
   * @returns Whether a round was judged.
   * @throws OracleError, RuntimeError, ContentUnavailableError
   */
  async step(signal: AbortSignal, onRound?: () => void): Promise<boolean> {
    const round = await this.#next();
    if (round === undefined) return false;
    onRound?.();
    const { account, scores, clock, log } = this.deps;
    const judged = await this.#judge(round, await this.#rulesOf(round), signal);
    if (judged === undefined) {
      this.#againAt.set(round.round, clock.now().getTime() + againMs);
      return false;
    }
    const salt = bytesToHex(randomBytes(32));
    const commitment = scoresCommitment(this.deps, account, { round: round.round, scores: judged.scores, salt });
    const kept = {
      commitment,
      round: round.round,
      contributionsHash: contributionsHash(round),
      scores: judged.scores,
      salt,
    };
    await scores.keep(
      kept,
      judged.admissions.map((admission) => keptOf(admission, round)),
      clock.now(),
    );
    log.info(`Round ${round.round} of Datanet ${round.datanet} is judged: ${judged.scores.join(", ")}.`);
    return true;
  }

  /** A round that takes commits, that this oracle may score and has not judged; the one that ends first. */
  async #next(): Promise<ScoringRound | undefined> {
    const { admissions, datanets, account, facts, scores, chain, confirmations, clock } = this.deps;
    const rounds = await admissions.rounds(datanets, account);
    if (rounds.length === 0) return undefined;
    const [now, newest] = [await chain.now(), (await facts.newestBlock()) ?? 0n];
    const open = rounds
      .filter((round) => round.end === undefined && round.committed === undefined && now < round.commitsUntil)
      .filter((round) => round.block + confirmations <= newest)
      .filter(({ round }) => clock.now().getTime() >= (this.#againAt.get(round) ?? 0))
      .sort((a, b) => Number(a.commitsUntil - b.commitsUntil));
    for (const round of open) {
      if ((await scores.ofRound(round.round, contributionsHash(round))) !== undefined) continue;
      if (await chain.isValidator(round.round, account)) return round;
      this.#againAt.set(round.round, clock.now().getTime() + againMs);
    }
    return undefined;
  }

  async #rulesOf({ round, datanet, rules: number }: ScoringRound): Promise<ScoringRules> {
    const rules = await this.deps.chain.roundRules(datanet, number);
    if (rules !== undefined) return rules;
    throw new OracleError(
      "chain_inconsistent",
      `Round ${round} of Datanet ${datanet} is under rules ${number}, by which its owner decides. Follow the chain anew.`,
      { retryable: true },
    );
  }

  /** Undefined while a file may still come, or where the round's commits ended meanwhile. */
  async #judge(round: ScoringRound, rules: ScoringRules, signal: AbortSignal): Promise<Judged | undefined> {
    const { admissions } = this.deps;
    const contributions = await admissions.contributions(round.contributions);
    if (await this.#waitsForFile(round, rules, contributions, signal)) return undefined;

    /** Each upon the one before: what was accepted earlier, and what of the round was. */
    const layers = [new EarlierRecords(undefined, this.deps.memory)];
    try {
      return await this.#judgeUpon(layers, contributions, round, rules, signal);
    } finally {
      for (const layer of layers) layer.close();
    }
  }

  /** @param layers What is accepted is put upon it */
  async #judgeUpon(
    layers: EarlierRecords[],
    contributions: readonly Contribution[],
    round: ScoringRound,
    rules: ScoringRules,
    signal: AbortSignal,
  ): Promise<Judged | undefined> {
    const { admissions, chain, judge, log } = this.deps;
    const found = new Map<bigint, Admission>();
    const unread: bigint[] = [];
    const sample = new EarlierSample(probeSeed(round.blockHash, round.datanet));
    let newest = 0n;
    for (const contribution of [...contributions].sort((a, b) => Number(a.number - b.number))) {
      const earlier = layers.at(-1)!;
      for (const one of await admissions.earlier(contribution.number, round)) {
        if (one.contribution.number <= newest) continue;
        if (!(await judge.addEarlier(earlier, sample, one, round.datanet, signal)))
          unread.push(one.contribution.number);
      }
      newest = contribution.number;

      const comparedWith = { records: earlier.count, unread: [...unread] };
      const isProbed = judge.hasProbe && (await chain.now()) < round.commitsUntil - BigInt(rules.commitPeriod) / 8n;
      const seed = probeSeed(round.blockHash, contribution.number);
      const judged = await judge.judge(contribution, { earlier, sample, seed, isProbed }, signal);
      if (judged.earlier !== undefined && judged.score >= rules.acceptScore) layers.push(judged.earlier);
      else judged.earlier?.close();
      found.set(contribution.number, this.#admission(contribution, round, rules, { ...judged, comparedWith }));
      if ((await chain.now()) >= round.commitsUntil) {
        log.fault(
          `ROUND ${round.round} MISSED: judging took longer than commits are taken; give the base more threads.`,
        );
        return undefined;
      }
    }
    const ordered = round.contributions.map((number) => found.get(number)!);
    return { scores: ordered.map(({ score }) => score), admissions: ordered };
  }

  /** Files are read again when their turn comes: all of them at once could fill the memory. */
  async #waitsForFile(
    { commitsUntil }: ScoringRound,
    { commitPeriod }: ScoringRules,
    contributions: readonly Contribution[],
    signal: AbortSignal,
  ): Promise<boolean> {
    if ((await this.deps.chain.now()) >= commitsUntil - BigInt(commitPeriod) / 4n) return false;
    for (const contribution of contributions) {
      if (isTooLarge(contribution)) continue;
      const { kind } = await readRecords(this.deps.content, contribution, signal);
      if (kind === "missing") return true;
    }
    return false;
  }

  #admission(
    contribution: Contribution,
    { round }: ScoringRound,
    { acceptScore }: ScoringRules,
    judged: Pick<Admission, "score" | "probe" | "refused" | "reasons" | "comparedWith">,
  ): Admission {
    const { score, probe, refused, reasons, comparedWith } = judged;
    return {
      datanet: contribution.datanet,
      contribution: contribution.number,
      contributor: contribution.contributor,
      round,
      validator: this.deps.account,
      score,
      acceptScore,
      base: this.deps.judge.base,
      recordCount: contribution.recordCount,
      comparedWith,
      ...(probe && { probe }),
      reasons,
      refused,
      appeal: appealOf(contribution.number, { refused, reasons }, "validators"),
    };
  }
}

/** As the contract hashes the numbers of a round's contributions. */
export function contributionsHash({ contributions }: Pick<ScoringRound, "contributions">): Hex {
  return keccak256(encodeAbiParameters([{ type: "uint64[]" }], [contributions]));
}

function keptOf(admission: Admission, { commitsUntil }: ScoringRound): KeptAdmission {
  const { datanet, contribution } = admission;
  return { datanet, contribution, toldFrom: commitsUntil, text: encodeAdmission(admission) };
}
