/**
 * Says of contributions that a Datanet's owner decides what the rules of validators find of them, once somebody asks. Nobody is
 * bound by it: it tells a contributor why an owner may have refused, and an owner what there is to decide.
 *
 * What is asked for is judged one after the other beside all that is accepted now, and kept until newer opinions take its place.
 * Judging costs this oracle seconds each, so that only Datanets that it is told to are advised on, and few wait at a time.
 */
import { EarlierRecords, EarlierSample } from "@openledger/engine";
import { encodeAdmission } from "@openledger/sdk";
import type { Address } from "viem";
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
/** Above any place of an event in its block. */
const BLOCK_END = 2 ** 31 - 1;

export interface ContributionAdviserDeps {
  /** Datanets that this oracle says its opinion of. */
  readonly datanets: readonly bigint[];
  readonly account: Address;
  readonly judge: Pick<RecordJudge, "judge" | "addEarlier" | "base" | "hasProbe">;
  readonly admissions: Pick<AdmissionFacts, "committed" | "earlier">;
  readonly facts: Pick<ChainFacts, "newestBlock">;
  readonly chain: Pick<ProtocolReader, "roundRules">;
  readonly confirmations: bigint;
  readonly log: Log;
}

/** What comes of asking: the opinion, or why there is none yet. */
export type Advice =
  | { readonly kind: "told"; readonly text: string }
  | { readonly kind: "waiting" | "busy" | "not_advised" };

interface Opinion {
  readonly text: string;
  readonly isLasting: boolean;
}

export class ContributionAdviser {
  /** By data hash: after a reorganisation a number may stand for another file. The oldest first. */
  readonly #told = new Map<string, Opinion>();
  readonly #waiting = new Map<bigint, CommittedContribution>();

  constructor(private readonly deps: ContributionAdviserDeps) {}

  /** The opinion of a contribution; where there is none it is asked for. */
  async ask(datanet: bigint, contribution: bigint): Promise<Advice> {
    if (!this.deps.datanets.includes(datanet)) return { kind: "not_advised" };
    const committed = await this.deps.admissions.committed(contribution);
    if (committed === undefined || !(await this.#isOwners(committed, datanet))) return { kind: "not_advised" };
    const told = this.#told.get(keyOf(committed));
    if (told !== undefined) {
      // a file may still come: it is told once that it is not there
      if (!told.isLasting) this.#told.delete(keyOf(committed));
      return { kind: "told", text: told.text };
    }
    if (!this.#waiting.has(contribution) && this.#waiting.size >= MOST_WAITING) return { kind: "busy" };
    this.#waiting.set(contribution, committed);
    return { kind: "waiting" };
  }

  /** @returns Whether a contribution was judged. @throws RuntimeError, ContentUnavailableError; it waits on, behind the others */
  async step(signal: AbortSignal): Promise<boolean> {
    const { facts, confirmations, log } = this.deps;
    const newest = ((await facts.newestBlock()) ?? 0n) - confirmations;
    const next = [...this.#waiting.values()].find(({ block }) => block <= newest);
    if (next === undefined) return false;
    const { number } = next.contribution;
    let opinion: Opinion;
    try {
      opinion = await this.#judge(next, newest, signal);
    } catch (error) {
      this.#waiting.delete(number);
      this.#waiting.set(number, next);
      throw error;
    }
    this.#waiting.delete(number);
    this.#told.set(keyOf(next), opinion);
    for (const key of this.#told.keys()) if (this.#told.size > KEPT) this.#told.delete(key);
    log.info(`Contribution ${number} was judged for who asked.`);
    return true;
  }

  /** Whether its owner decides it: what validators score is told when no score can be copied, and not before. */
  async #isOwners({ contribution }: CommittedContribution, datanet: bigint): Promise<boolean> {
    if (contribution.datanet !== datanet) return false;
    return (await this.deps.chain.roundRules(datanet, contribution.rules)) === undefined;
  }

  async #judge(
    { contribution, blockHash }: CommittedContribution,
    newest: bigint,
    signal: AbortSignal,
  ): Promise<Opinion> {
    const { judge, admissions, account } = this.deps;
    const { number, datanet, contributor, recordCount } = contribution;
    const [earlier, unread] = [new EarlierRecords(), [] as bigint[]];
    const sample = new EarlierSample(probeSeed(blockHash, datanet));
    for (const one of await admissions.earlier(number, { block: newest, logIndex: BLOCK_END })) {
      if (!(await judge.addEarlier(earlier, sample, one, datanet, signal))) unread.push(one.contribution.number);
    }
    const beside = { earlier, sample, seed: probeSeed(blockHash, number), isProbed: judge.hasProbe };
    const comparedWith = { records: earlier.count, unread };
    const { score, probe, refused, reasons } = await judge.judge(contribution, beside, signal);
    const text = encodeAdmission({
      ...{ datanet, contribution: number, contributor, validator: account, score, base: judge.base, recordCount },
      comparedWith,
      ...(probe && { probe }),
      ...{ reasons, refused },
      appeal: appealOf(number, { refused, reasons }, "owner"),
    });
    return { text, isLasting: !reasons.some(({ rule }) => rule === "file") };
  }
}

function keyOf({ contribution }: CommittedContribution): string {
  return `${contribution.number} ${contribution.dataHash}`;
}
