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
import {
  type AdapterProbe,
  ATTRIBUTION_CONTEXT,
  EarlierRecords,
  EarlierSample,
  judgeRecords,
  MAX_RECORD_BYTES,
  NoiseGate,
  type Runtime,
  type Tokenizer,
} from "@openledger/engine";
import {
  type Admission,
  type AdmissionReason,
  type ContentClient,
  type Contribution,
  type Deployment,
  encodeAdmission,
  InvalidValueError,
  licenceFromBytes32,
  scoresCommitment,
} from "@openledger/sdk";
import { type Address, bytesToHex, encodeAbiParameters, type Hex, keccak256 } from "viem";
import type { Clock } from "../Clock.js";
import type { ProtocolReader, ScoringRules } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { AdmissionFacts, EarlierContribution, ScoringRound } from "../store/AdmissionFacts.js";
import type { ChainFacts } from "../store/ChainFacts.js";
import type { KeptAdmission, ScoreLedger } from "../store/ScoreLedger.js";
import { explainProbe, probeReasons } from "./explainProbe.js";
import { appealOf, explainRefusals } from "./explainRefusals.js";
import { probeSeed } from "./probeSeed.js";
import { readRecords } from "./readRecords.js";
import { shown } from "./shown.js";

/** Records of a contribution that are judged; one with more is refused whole. */
const MAX_JUDGED_RECORDS = 4096;
/** Pause before a round that could not be judged is looked at again. */
const againMs = 10_000;

export interface ContributionJudgeDeps {
  readonly deployment: Deployment;
  /** Datanets in which this oracle scores. */
  readonly datanets: readonly bigint[];
  readonly account: Address;
  readonly runtime: Pick<Runtime, "hiddenStates" | "attribution" | "architecture" | "weightsRoot">;
  readonly tokenizer: Pick<Tokenizer, "encode">;
  /** Undefined where contributions are scored without. */
  readonly probe: Pick<AdapterProbe, "read"> | undefined;
  readonly content: Pick<ContentClient, "get">;
  readonly admissions: Pick<AdmissionFacts, "rounds" | "contributions" | "licencesAt" | "earlier">;
  readonly facts: Pick<ChainFacts, "newestBlock">;
  readonly scores: Pick<ScoreLedger, "keep" | "ofRound">;
  readonly chain: Pick<ProtocolReader, "now" | "isValidator" | "roundRules">;
  readonly confirmations: bigint;
  readonly clock: Clock;
  readonly log: Log;
}

const OUT_OF_TIME = {
  kind: "silence",
  because: "out_of_time",
  found: "an eighth of the time for commits is left; give the base more threads",
} as const;

/** What was found of a round, in the order of its contributions. */
interface Judged {
  readonly scores: readonly number[];
  readonly admissions: readonly Admission[];
}

/** What a contribution is judged beside. */
interface Beside {
  readonly earlier: EarlierRecords;
  /** Of the Datanet's own. */
  readonly sample: EarlierSample;
  /** What its probe is drawn by. */
  readonly seed: number;
  readonly isProbed: boolean;
}

export class ContributionJudge {
  readonly #againAt = new Map<bigint, number>();
  #gate: Promise<NoiseGate> | undefined;

  constructor(private readonly deps: ContributionJudgeDeps) {}

  /** @returns Whether a round was judged. @throws OracleError, RuntimeError, ContentUnavailableError */
  async step(signal: AbortSignal): Promise<boolean> {
    const round = await this.#next();
    if (round === undefined) return false;
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
    const { admissions, chain, probe, log } = this.deps;
    const contributions = await admissions.contributions(round.contributions);
    if (await this.#waitsForFile(round, rules, contributions, signal)) return undefined;

    const found = new Map<bigint, Admission>();
    const unread: bigint[] = [];
    let earlier = new EarlierRecords();
    const sample = new EarlierSample(probeSeed(round.blockHash, round.datanet));
    let newest = 0n;
    for (const contribution of [...contributions].sort((a, b) => Number(a.number - b.number))) {
      for (const one of await admissions.earlier(contribution.number, round)) {
        if (one.contribution.number <= newest) continue;
        if (!(await this.#addEarlier(earlier, sample, one, round, signal))) unread.push(one.contribution.number);
      }
      newest = contribution.number;

      const comparedWith = { records: earlier.count, unread: [...unread] };
      const isProbed =
        probe !== undefined && (await chain.now()) < round.commitsUntil - BigInt(rules.commitPeriod) / 8n;
      const seed = probeSeed(round.blockHash, contribution.number);
      const judged = await this.#judgeOne(contribution, { earlier, sample, seed, isProbed }, signal);
      if (judged.score >= rules.acceptScore) earlier = judged.earlier;
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

  /** @returns Whether its records could be read. */
  async #addEarlier(
    earlier: EarlierRecords,
    sample: EarlierSample,
    { contribution, revoked }: EarlierContribution,
    { datanet }: ScoringRound,
    signal: AbortSignal,
  ): Promise<boolean> {
    const read = await readRecords(this.deps.content, contribution, signal);
    if (read.kind !== "read") {
      this.deps.log.fault(`Contribution ${contribution.number} cannot be compared with: ${read.found}`);
      return false;
    }
    for (const [index, text] of read.records.entries()) {
      // one that is too long was accepted by other rules than these, and is nobody's copy by them
      if (text === undefined || revoked.has(index) || text.length > MAX_RECORD_BYTES) continue;
      earlier.add({ contribution: contribution.number, index }, text);
      if (contribution.datanet === datanet) sample.add(text);
    }
    return true;
  }

  async #judgeOne(contribution: Contribution, { earlier, sample, seed, isProbed }: Beside, signal: AbortSignal) {
    const because = (found: string, limit: string) => {
      const reason: AdmissionReason = { rule: "file", found, limit, evidence: {} };
      return { score: 0, earlier, refused: [], reasons: [reason] };
    };
    if (isTooLarge(contribution)) {
      return because(`${contribution.recordCount} records`, `${MAX_JUDGED_RECORDS} records: split it`);
    }
    const file = await readRecords(this.deps.content, contribution, signal);
    if (file.kind !== "read") {
      const found = file.kind === "missing" ? "no file in the content store" : shown(file.found);
      return because(found, "the file that was committed");
    }
    const texts = file.records.filter((record) => record !== undefined);
    const erased = file.records.length - texts.length;
    if (erased > 0) return because(`${erased} records that were erased`, "the file that was committed");
    const { admissions, runtime, tokenizer, probe, log } = this.deps;
    const licences = await admissions.licencesAt(contribution.datanet, contribution.number);
    const judged = await judgeRecords({
      contribution: contribution.number,
      records: texts,
      licence: file.licence,
      allowedLicences: licences.flatMap(nameOf),
      earlier,
      tokenizer,
      context: Math.min(ATTRIBUTION_CONTEXT, runtime.architecture.maxPositions),
      gate: await this.#calibrated(signal),
      ...(isProbed && { probe: { adapter: probe!, earlier: sample.texts, seed } }),
      signal,
    });
    const { score, records, earlier: later } = judged;
    const found = judged.probe ?? (probe !== undefined && !isProbed ? OUT_OF_TIME : undefined);
    if (found?.kind === "silence" && found.because !== "few_tokens") {
      log.fault(`Contribution ${contribution.number} is scored without its probe: ${found.found}`);
    }
    const told = found === undefined ? {} : { probe: explainProbe(found) };
    return { score, earlier: later, ...told, refused: explainRefusals(records), reasons: probeReasons(judged.probe) };
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
      base: this.deps.runtime.weightsRoot,
      recordCount: contribution.recordCount,
      comparedWith,
      ...(probe && { probe }),
      reasons,
      refused,
      appeal: appealOf(contribution.number, { refused, reasons }),
    };
  }

  /** The gate's limits, read from the base once; what failed is tried again by the next. */
  #calibrated(signal: AbortSignal): Promise<NoiseGate> {
    this.#gate ??= NoiseGate.calibrate(this.deps.runtime, { signal }).catch((error: unknown) => {
      this.#gate = undefined;
      throw error;
    });
    return this.#gate;
  }
}

/** As the contract hashes the numbers of a round's contributions. */
export function contributionsHash({ contributions }: Pick<ScoringRound, "contributions">): Hex {
  return keccak256(encodeAbiParameters([{ type: "uint64[]" }], [contributions]));
}

function isTooLarge({ recordCount }: Contribution): boolean {
  return recordCount > MAX_JUDGED_RECORDS;
}

/** A licence's identifier; a word that is none can stand in a Datanet's list, and no file can name it. */
function nameOf(licence: Hex): string[] {
  try {
    return [licenceFromBytes32(licence)];
  } catch (error) {
    if (error instanceof InvalidValueError) return [];
    throw error;
  }
}

function keptOf(admission: Admission, { commitsUntil }: ScoringRound): KeptAdmission {
  const { datanet, contribution } = admission;
  return { datanet, contribution, toldFrom: commitsUntil, text: encodeAdmission(admission) };
}
