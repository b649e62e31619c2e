/**
 * Checks every proposed epoch that is not this oracle's own, by whomever, and cancels a false one by the one proof that
 * shows its fault, while its window is open.
 *
 * The leaves come from the file that the proposer posted; they are only believed when they hash to the roots on chain.
 * A proposer that posts no such file cannot be refuted by a proof: that is said as loudly as this program can.
 */
import {
  attributionOracleAbi,
  type BatchOpening,
  type ContentClient,
  type Deployment,
  type EpochFile,
  findEpochFault,
  type Payout,
} from "@openledger/sdk";
import { isAddressEqual } from "viem";
import { readBatchFile } from "../attribute/readBatchFile.js";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { EpochFiles } from "../settle/EpochFiles.js";
import type { Outbox } from "../settle/Outbox.js";
import type { ChainFacts, EpochProposal, FollowedEpoch } from "../store/ChainFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import { openReceipt } from "./openReceipt.js";

export interface EpochWatcherDeps {
  readonly deployment: Deployment;
  readonly chain: ProtocolReader;
  readonly content: ContentClient;
  readonly facts: ChainFacts;
  readonly epochs: EpochLedger;
  readonly files: EpochFiles;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
}

/** Pause before a proposal of which something cannot be read is looked at again. */
const rereadMs = 3000;

export class EpochWatcher {
  /** The proposal that was found sound last; there is one at a time. */
  #sound: string | undefined;
  /** When a proposal of which something could not be read is due again. */
  #rereadAt = 0;

  constructor(private readonly deps: EpochWatcherDeps) {}

  /** @returns Whether a proposal was cancelled. @throws OracleError `chain_unavailable`, `database_unavailable` */
  async step(signal: AbortSignal): Promise<boolean> {
    const epoch = await this.deps.facts.newestEpoch();
    const proposal = epoch?.proposal;
    if (epoch?.stage !== "proposed" || proposal === undefined) return false;
    if (isAddressEqual(proposal.proposer, this.deps.outbox.account)) return false;
    const key = `${proposal.blockHash}/${epoch.epoch}/${proposal.creditsRoot}/${proposal.payoutsRoot}`;
    if (key === this.#sound || this.deps.clock.now().getTime() < this.#rereadAt) return false;
    if ((await this.deps.chain.now()) >= proposal.finalizableAt) return false;

    let lists: EpochFile;
    try {
      lists = await this.deps.files.posted(proposal, signal);
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error;
      await this.#sayUnreadable(proposal, error);
      this.#rereadLater();
      return false;
    }
    const cancelled = await this.#check(epoch, proposal, lists, signal);
    if (cancelled === undefined) this.#sound = key;
    return cancelled === true;
  }

  /** @returns Undefined when nothing is wrong, false when the proof has not landed yet. */
  async #check(
    epoch: FollowedEpoch,
    proposal: EpochProposal,
    lists: EpochFile,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    const { deployment, outbox, log } = this.deps;
    const { batches, areAllRead } = await this.#batches(epoch, signal);
    const previous = await this.#previous(epoch, signal);
    const found = findEpochFault({
      epoch: epoch.epoch,
      firstBatch: epoch.firstBatch,
      lastBatch: epoch.lastBatch,
      stream: deployment.dataStream,
      total: proposal.total,
      lists,
      previous,
      batch: (number) => batches.get(number),
    });
    if (found === undefined) {
      if (areAllRead && previous !== undefined) return undefined;
      // What could not be read may hide a fault.
      this.#rereadLater();
      return false;
    }

    log.fault(`Epoch ${epoch.epoch} of ${proposal.proposer} is false: ${found.fault}. Sending ${found.proof.name}.`);
    const outcome = await outbox.submit(
      {
        purpose: `prove epoch ${epoch.epoch} false: credits ${proposal.creditsRoot}, pay-outs ${proposal.payoutsRoot}, ${found.proof.name}`,
        address: deployment.addresses.attributionOracle,
        abi: attributionOracleAbi,
        functionName: found.proof.name,
        args: found.proof.args,
      },
      signal,
    );
    if (outcome.kind === "refused") log.fault(`The proof against epoch ${epoch.epoch} was not taken: ${outcome.error}`);
    return outcome.kind === "done";
  }

  #rereadLater(): void {
    this.#rereadAt = this.deps.clock.now().getTime() + rereadMs;
  }

  /** Undefined when nobody has them: then all but the sums by account is checked. */
  async #previous(epoch: FollowedEpoch, signal: AbortSignal): Promise<readonly Payout[] | undefined> {
    try {
      return await this.deps.files.previousPayouts(epoch.epoch, signal);
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error;
      await this.#say(
        `epoch ${epoch.epoch}`,
        "previous_unreadable",
        `Sums of epoch ${epoch.epoch} cannot be judged, as the pay-outs before it cannot be read: ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  async #batches(
    epoch: FollowedEpoch,
    signal: AbortSignal,
  ): Promise<{ readonly batches: ReadonlyMap<bigint, BatchOpening>; readonly areAllRead: boolean }> {
    const { chain, content, deployment, facts } = this.deps;
    const domain = { chainId: deployment.chainId, market: deployment.addresses.inferenceMarket };
    const dataBps = new Map((await facts.models()).map((model) => [model.model, model.dataBps]));
    const batches = new Map<bigint, BatchOpening>();
    let areAllRead = true;
    for (const batch of await facts.batches(epoch.firstBatch, epoch.lastBatch)) {
      try {
        const reading = readBatchFile(domain, batch, await content.get(batch.dataHash, { signal }));
        if ("refused" in reading) throw new OracleError("content_mismatch", reading.refused, { retryable: false });
        const { file, tree } = reading;
        const header = await chain.batchOpening(batch.batch);
        if (header === undefined) {
          throw new OracleError("chain_unavailable", `Batch ${batch.batch} is not pinned yet.`, { retryable: true });
        }
        batches.set(batch.batch, {
          header,
          receiptCount: file.receipts.length,
          tree,
          receipt: (index) => openReceipt(file.receipts[index], dataBps),
        });
      } catch (error) {
        if (signal.aborted || isTransient(error)) throw error;
        areAllRead = false;
        await this.#say(
          `batch ${batch.batch}`,
          "batch_unreadable",
          `Credits of batch ${batch.batch} cannot be judged: ${messageOf(error)}`,
        );
      }
    }
    return { batches, areAllRead };
  }

  async #sayUnreadable(proposal: EpochProposal, error: unknown): Promise<void> {
    await this.#say(
      `epoch ${proposal.epoch}, proposed in block ${proposal.block}`,
      "epoch_unreadable",
      `UNCHECKED: epoch ${proposal.epoch} of ${proposal.proposer} becomes final at ${proposal.finalizableAt} and its ` +
        `leaves cannot be read, so nobody can prove anything about it: ${messageOf(error)}`,
    );
  }

  async #say(subject: string, kind: string, message: string): Promise<void> {
    if (await this.deps.epochs.find(subject, kind, message, this.deps.clock.now())) this.deps.log.fault(message);
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof OracleError && (error.code === "chain_unavailable" || error.code === "database_unavailable");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
