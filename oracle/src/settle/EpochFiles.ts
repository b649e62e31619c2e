/** Epoch files by their hash: from this oracle's own database, else from the content store, and then kept. */
import {
  type ContentClient,
  creditTree,
  decodeEpochFile,
  type EpochFile,
  encodeEpochFile,
  type Payout,
  payoutTree,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import { OracleError } from "../OracleError.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, EpochProposal, FollowedEpoch } from "../store/ChainFacts.js";
import type { CourtFacts } from "../store/CourtFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import { buildLists } from "./buildLists.js";

export interface EpochFilesDeps {
  readonly content: ContentClient;
  readonly epochs: EpochLedger;
  readonly batches: BatchLedger;
  readonly facts: ChainFacts;
  readonly courtFacts: CourtFacts;
  readonly chain: ProtocolReader;
  readonly clock: Clock;
  /** The distributor's stream that epochs pay out. */
  readonly stream: bigint;
}

/** Files kept in memory, whose roots need not be computed again. */
const keptFiles = 4;

export class EpochFiles {
  /** By the hash and the roots that it was checked against, oldest first. */
  readonly #checked = new Map<string, EpochFile>();

  constructor(private readonly deps: EpochFilesDeps) {}

  /** @throws ContentUnavailableError when nobody has it; ContentMismatchError */
  async bytes(hash: Hex, signal: AbortSignal): Promise<Uint8Array> {
    const kept = await this.deps.epochs.file(hash);
    if (kept !== undefined) return kept;
    return this.deps.content.get(hash, { signal });
  }

  /**
   * The lists behind a proposal's roots.
   *
   * @throws OracleError `content_mismatch` when the file is not what the roots stand for; MalformedDocumentError;
   * ContentUnavailableError
   */
  async posted(proposal: EpochProposal, signal: AbortSignal): Promise<EpochFile> {
    // Anyone may ask for lists, again and again; their trees take seconds of this program's one thread.
    const key = `${proposal.dataHash}/${proposal.creditsRoot}/${proposal.payoutsRoot}`;
    const checked = this.#checked.get(key);
    if (checked !== undefined) return checked;

    const bytes = await this.bytes(proposal.dataHash, signal);
    const file = decodeEpochFile(bytes);
    const creditsRoot = creditTree(file.credits).root;
    const payoutsRoot = payoutTree(this.deps.stream, file.payouts).root;
    if (creditsRoot !== proposal.creditsRoot || payoutsRoot !== proposal.payoutsRoot) {
      throw new OracleError(
        "content_mismatch",
        `File ${proposal.dataHash} of epoch ${proposal.epoch}: asked for credits ${proposal.creditsRoot} and pay-outs ` +
          `${proposal.payoutsRoot}, found ${creditsRoot} and ${payoutsRoot}.`,
        { retryable: false },
      );
    }
    await this.deps.epochs.keepFile(bytes, this.deps.clock.now());
    this.#checked.set(key, file);
    const [oldest] = this.#checked.keys();
    if (this.#checked.size > keptFiles && oldest !== undefined) this.#checked.delete(oldest);
    return file;
  }

  /**
   * The lists of a final or proposed epoch: the posted ones; else this oracle's own, kept or built now from the batches,
   * when they have the same roots. A proposer that hides true lists stops nobody.
   */
  async of(epoch: FollowedEpoch, signal: AbortSignal): Promise<EpochFile> {
    const { proposal } = epoch;
    if (proposal === undefined) {
      throw new OracleError("unknown_epoch", `Epoch ${epoch.epoch} is open: it has no lists yet.`, { retryable: true });
    }
    try {
      return await this.posted(proposal, signal);
    } catch (error) {
      if (signal.aborted || isDatabaseFault(error)) throw error;
      const own = await this.own(epoch, proposal, signal);
      if (own === undefined || !this.#fits(own, proposal)) throw error;
      await this.deps.epochs.keepFile(encodeEpochFile(own), this.deps.clock.now());
      return own;
    }
  }

  /**
   * What this oracle itself comes to as of a proposal, kept or built now; undefined while it has not judged every batch.
   */
  async own(epoch: FollowedEpoch, { asOf }: EpochProposal, signal: AbortSignal): Promise<EpochFile | undefined> {
    return (await this.#kept(epoch, asOf)) ?? (await this.#built(epoch, asOf, signal));
  }

  async #kept(epoch: FollowedEpoch, asOf: bigint): Promise<EpochFile | undefined> {
    const lists = await this.deps.epochs.lists(epoch.epoch);
    if (lists === undefined || lists.asOf !== asOf || lists.blockHash !== epoch.blockHash) return undefined;
    const bytes = await this.deps.epochs.file(lists.dataHash);
    return bytes === undefined ? undefined : decodeEpochFile(bytes);
  }

  async #built(epoch: FollowedEpoch, asOf: bigint, signal: AbortSignal): Promise<EpochFile | undefined> {
    const { batches } = this.deps;
    const states = await batches.states(epoch.firstBatch, epoch.lastBatch);
    const judged = states.filter(({ state }) => state !== "reading").length;
    if (judged !== Number(epoch.lastBatch - epoch.firstBatch + 1n)) return undefined;
    return buildLists({ ...this.deps, files: this }, epoch, asOf, signal).catch(() => undefined);
  }

  #fits(file: EpochFile, proposal: EpochProposal): boolean {
    const payoutsRoot = payoutTree(this.deps.stream, file.payouts).root;
    return creditTree(file.credits).root === proposal.creditsRoot && payoutsRoot === proposal.payoutsRoot;
  }

  /** Pay-outs of the newest final epoch before this one; none before the first. @throws as `of` */
  async previousPayouts(epoch: bigint, signal: AbortSignal): Promise<readonly Payout[]> {
    const final = await this.deps.facts.newestFinal(epoch - 1n);
    return final === undefined ? [] : (await this.of(final, signal)).payouts;
  }
}

function isDatabaseFault(error: unknown): boolean {
  return error instanceof OracleError && error.code === "database_unavailable";
}
