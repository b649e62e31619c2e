/**
 * Says of contributions that a Datanet's owner decides what the rules of validators find of them, once somebody asks. Nobody is
 * bound by it: it tells a contributor why an owner may have refused, and an owner what there is to decide.
 *
 * What is asked for is judged one after the other beside all that is accepted then, and told for an hour. Judging costs this oracle
 * seconds each, and anybody may ask: only Datanets that it is told to are advised on, few wait at a time, it rests twice as long as it has
 * worked, and it gives way to rounds.
 */
import { EarlierRecords, EarlierSample, type MemoryOptions } from "@openledger/engine";
import { type Admission, encodeAdmission } from "@openledger/sdk";
import type { Address } from "viem";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { AdmissionFacts, CommittedContribution } from "../store/AdmissionFacts.js";
import type { ChainFacts } from "../store/ChainFacts.js";
import { appealOf } from "./explainRefusals.js";
import { probeSeed } from "./probeSeed.js";
import type { RecordJudge } from "./RecordJudge.js";

/** Opinions that are kept; one of the most refused records a contribution may have is some megabytes. */
const KEPT = 32;
/** Contributions that wait to be judged. */
const MOST_WAITING = 32;
/** Milliseconds for which an opinion is told: what is accepted meanwhile may make another of it. */
const lastsMs = 3_600_000;
/** The same of a file that is not there: it may come. */
const missingLastsMs = 60_000;
/** Rest after an opinion, over the time that it took. */
const REST = 2;
/** Times that judging may fail before nobody waits for it any more. */
const MOST_FAILURES = 3;
/** Above any place of an event in its block. */
const BLOCK_END = 2 ** 31 - 1;

export interface ContributionAdviserDeps {
  /** Datanets that this oracle says its opinion of. */
  readonly datanets: readonly bigint[];
  readonly account: Address;
  readonly judge: Pick<RecordJudge, "read" | "judge" | "addEarlier" | "base" | "hasProbe">;
  readonly admissions: Pick<AdmissionFacts, "committed" | "earlier">;
  readonly facts: Pick<ChainFacts, "newestBlock">;
  readonly chain: Pick<ProtocolReader, "roundRules">;
  readonly confirmations: bigint;
  /** How much of earlier records is in memory, and where the rest is. */
  readonly memory: MemoryOptions;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** What comes of asking: the opinion, or why there is none yet. */
export type Advice =
  | { readonly kind: "told"; readonly text: string }
  | { readonly kind: "waiting" | "busy" | "not_advised" };

interface Opinion {
  readonly text: string;
  /** Milliseconds since 1970 from which on it is told no more. */
  readonly until: number;
}

type Found = Pick<Admission, "score" | "probe" | "refused" | "reasons" | "comparedWith">;

interface Waiting {
  readonly committed: CommittedContribution;
  readonly failures: number;
}

export class ContributionAdviser {
  /** By data hash: after a reorganisation a number may stand for another file. The oldest first. */
  readonly #told = new Map<string, Opinion>();
  readonly #waiting = new Map<bigint, Waiting>();
  #restsUntil = 0;

  constructor(private readonly deps: ContributionAdviserDeps) {}

  /** The opinion of a contribution; where there is none it is asked for. */
  async ask(datanet: bigint, contribution: bigint): Promise<Advice> {
    if (!this.deps.datanets.includes(datanet)) return { kind: "not_advised" };
    const committed = await this.deps.admissions.committed(contribution);
    if (committed === undefined || !(await this.#isOwners(committed, datanet))) return { kind: "not_advised" };
    const told = this.#told.get(keyOf(committed));
    if (told !== undefined && this.#now() < told.until) return { kind: "told", text: told.text };
    const waiting = this.#waiting.get(contribution);
    if (waiting === undefined && this.#waiting.size >= MOST_WAITING) return { kind: "busy" };
    this.#waiting.set(contribution, { committed, failures: waiting?.failures ?? 0 });
    return { kind: "waiting" };
  }

  /**
   * Judges the next that waits, unless it rests.
   *
   * @param signal Ends the judging: the contribution waits on in its place
   * @param onOpinion Called before one is judged
   * @returns Whether one was judged
   * @throws RuntimeError, ContentUnavailableError; it waits on behind the others, and no more after the third time
   */
  async step(signal: AbortSignal, onOpinion?: () => void): Promise<boolean> {
    const { facts, confirmations, log } = this.deps;
    const startedAt = this.#now();
    if (startedAt < this.#restsUntil) return false;
    const newest = ((await facts.newestBlock()) ?? 0n) - confirmations;
    const next = [...this.#waiting.values()].find(({ committed }) => committed.block <= newest);
    if (next === undefined) return false;
    onOpinion?.();
    const { number } = next.committed.contribution;
    try {
      const opinion = await this.#judge(next.committed, newest, signal);
      this.#waiting.delete(number);
      this.#keep(keyOf(next.committed), opinion);
    } catch (error) {
      if (!signal.aborted) this.#failed(number, next);
      throw error;
    } finally {
      this.#restsUntil = this.#now() + REST * (this.#now() - startedAt);
    }
    log.info(`Contribution ${number} was judged for who asked.`);
    return true;
  }

  #failed(number: bigint, { committed, failures }: Waiting): void {
    this.#waiting.delete(number);
    if (failures + 1 < MOST_FAILURES) this.#waiting.set(number, { committed, failures: failures + 1 });
  }

  #keep(key: string, opinion: Opinion): void {
    this.#told.delete(key);
    this.#told.set(key, opinion);
    for (const oldest of this.#told.keys()) if (this.#told.size > KEPT) this.#told.delete(oldest);
  }

  #now(): number {
    return this.deps.clock.now().getTime();
  }

  /** Whether its owner decides it: what validators score is told when no score can be copied, and not before. */
  async #isOwners({ contribution }: CommittedContribution, datanet: bigint): Promise<boolean> {
    if (contribution.datanet !== datanet) return false;
    return (await this.deps.chain.roundRules(datanet, contribution.rules)) === undefined;
  }

  async #judge(committed: CommittedContribution, newest: bigint, signal: AbortSignal): Promise<Opinion> {
    const { judge, account } = this.deps;
    const { contribution } = committed;
    const { number, datanet, contributor, recordCount } = contribution;
    const head = { datanet, contribution: number, contributor, validator: account, base: judge.base, recordCount };
    const file = await judge.read(contribution, signal);
    if (file.kind === "unjudged") {
      const reasons = [file.reason];
      const appeal = appealOf(number, { refused: [], reasons }, "owner");
      const comparedWith = { records: 0, unread: [] };
      const text = encodeAdmission({ ...head, score: 0, comparedWith, reasons, refused: [], appeal });
      return { text, until: this.#now() + (file.mayPass ? missingLastsMs : lastsMs) };
    }
    const earlier = new EarlierRecords(undefined, this.deps.memory);
    let found: Found;
    try {
      found = await this.#found(committed, newest, earlier, signal);
    } finally {
      earlier.close();
    }
    const { score, comparedWith, probe, refused, reasons } = found;
    const text = encodeAdmission({
      ...head,
      ...{ score, comparedWith },
      ...(probe && { probe }),
      ...{ reasons, refused },
      appeal: appealOf(number, { refused, reasons }, "owner"),
    });
    return { text, until: this.#now() + lastsMs };
  }

  /** @param earlier What was accepted is added to it */
  async #found(
    { contribution, blockHash }: CommittedContribution,
    newest: bigint,
    earlier: EarlierRecords,
    signal: AbortSignal,
  ): Promise<Found> {
    const { judge, admissions } = this.deps;
    const { number, datanet } = contribution;
    const unread: bigint[] = [];
    const sample = new EarlierSample(probeSeed(blockHash, datanet));
    for (const one of await admissions.earlier(number, { block: newest, logIndex: BLOCK_END })) {
      if (!(await judge.addEarlier(earlier, sample, one, datanet, signal))) unread.push(one.contribution.number);
    }
    const beside = { earlier, sample, seed: probeSeed(blockHash, number), isProbed: judge.hasProbe };
    const comparedWith = { records: earlier.count, unread };
    const judged = await judge.judge(contribution, beside, signal);
    judged.earlier?.close();
    return { ...judged, comparedWith };
  }
}

function keyOf({ contribution }: CommittedContribution): string {
  return `${contribution.number} ${contribution.dataHash}`;
}
