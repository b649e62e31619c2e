/**
 * Checks every proposed epoch that is not this oracle's own, by whomever, and cancels a false one by the one proof that
 * shows its fault, while it is pending.
 *
 * The leaves come from the file that the proposer posted; they are only believed when they hash to the roots on chain. Where no
 * such file can be had, leaves are demanded: a proposer that does not reveal them loses its root and bond, and one that does
 * leads to the leaf that is false.
 */
import {
  attributionOracleAbi,
  type BatchReceipts,
  creditTree,
  type Deployment,
  type EpochFault,
  type EpochFile,
  encodeEpochFile,
  epochCourtAbi,
  findEpochFault,
  LEAF_TREES,
  type LeafTree,
  type Payout,
  type ProposedEpoch,
  payoutTree,
  searchEpochFault,
} from "@openledger/sdk";
import { isAddressEqual } from "viem";
import type { BatchFiles } from "../attribute/BatchFiles.js";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { Budget } from "../settle/Budget.js";
import type { EpochFiles } from "../settle/EpochFiles.js";
import { membersOf } from "../settle/EpochMembership.js";
import type { Outbox } from "../settle/Outbox.js";
import type { Purse } from "../settle/Purse.js";
import type { ChainFacts, EpochProposal, FollowedEpoch, SettledBatch } from "../store/ChainFacts.js";
import type { CourtFacts } from "../store/CourtFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import type { BatchOpener } from "./BatchOpener.js";
import { openReceipt } from "./openReceipt.js";

export interface EpochWatcherDeps {
  readonly deployment: Deployment;
  readonly chain: ProtocolReader;
  readonly batchFiles: BatchFiles;
  readonly facts: ChainFacts;
  readonly courtFacts: CourtFacts;
  readonly epochs: EpochLedger;
  readonly files: EpochFiles;
  readonly headers: BatchOpener;
  readonly outbox: Outbox;
  readonly purse: Purse;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly log: Log;
}

/** Pause before a proposal of which something cannot be read is looked at again. */
const rereadMs = 3000;
/** Leaves demanded at once: four levels of a tree, so that 2^20 leaves take five rounds. */
const demandsAtOnce = 15;

export class EpochWatcher {
  /** The proposal that was found sound last; there is one at a time. */
  #sound: string | undefined;
  /** When a proposal of which something could not be read is due again. */
  #rereadAt = 0;

  constructor(private readonly deps: EpochWatcherDeps) {}

  /** @returns Whether something was done. @throws OracleError `chain_unavailable`, `database_unavailable` */
  async step(signal: AbortSignal): Promise<boolean> {
    if (await this.#endDemands(signal)) return true;
    const epoch = await this.deps.facts.newestEpoch();
    const proposal = epoch?.proposal;
    if (epoch?.stage !== "proposed" || proposal === undefined) return false;
    if (isAddressEqual(proposal.proposer, this.deps.outbox.account)) return this.#withdrawOwn(epoch, proposal, signal);
    const key = `${proposal.blockHash}/${proposal.proposal}`;
    if (key === this.#sound || this.deps.clock.now().getTime() < this.#rereadAt) return false;

    let lists: EpochFile;
    try {
      lists = await this.deps.files.posted(proposal, signal);
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error;
      const searched = await this.#search(epoch, proposal, error, signal);
      if (searched === undefined) this.#sound = key;
      else if (!searched) this.#rereadLater();
      return searched === true;
    }
    const checked = await this.#check(epoch, proposal, lists, signal);
    if (checked === undefined) this.#sound = key;
    return checked === true;
  }

  /** @returns Undefined when nothing is wrong, false when the proof has not landed yet. */
  async #check(
    epoch: FollowedEpoch,
    proposal: EpochProposal,
    lists: EpochFile,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    if (await this.#withdrawOverVoid(epoch, proposal, lists, signal)) return true;
    const { proposed, areAllRead } = await this.#proposed(epoch, proposal, lists, signal);
    const found = findEpochFault(proposed);
    if (found !== undefined) return this.#prove(epoch, proposal, found, signal);
    if (areAllRead && proposed.previous !== undefined) return undefined;
    // What could not be read may hide a fault.
    this.#rereadLater();
    return false;
  }

  /**
   * Goes after what a proposer withholds, by demands.
   *
   * @returns Undefined when the roots are the true ones, whoever has the file; true when something was sent.
   */
  async #search(
    epoch: FollowedEpoch,
    proposal: EpochProposal,
    reason: unknown,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    const { deployment, facts, files, epochs, clock } = this.deps;
    const own = await files.own(epoch, proposal, signal);
    if (own === undefined) {
      await this.#sayUnreadable(proposal, reason, "This oracle has not judged its batches yet.");
      return false;
    }
    const { creditsRoot, payoutsRoot } = proposal;
    const isTrue =
      creditTree(own.credits).root === creditsRoot &&
      payoutTree(deployment.dataStream, own.payouts).root === payoutsRoot &&
      own.total === proposal.total;
    if (isTrue) {
      await epochs.keepFile(encodeEpochFile(own), clock.now());
      return undefined;
    }
    await this.#sayUnreadable(proposal, reason, "Its roots are not the ones this oracle comes to: demanding leaves.");
    const { proposed } = await this.#proposed(epoch, proposal, own, signal);
    const open = await facts.openDemands(proposal.proposal);
    const step = searchEpochFault({
      epoch: proposed,
      creditsRoot,
      payoutsRoot,
      ...(await facts.revealed(proposal.proposal)),
      isDemanded: (tree, index) => open.some((demand) => demand.tree === tree && demand.index === index),
      width: demandsAtOnce,
    });
    if (step.kind === "fault") return this.#prove(epoch, proposal, step.fault, signal);
    if (step.kind === "sound") return false;
    for (const index of step.indices) {
      if (!(await this.#demand(epoch, proposal, step.tree, index, signal))) return false;
    }
    return step.indices.length > 0;
  }

  async #demand(
    epoch: FollowedEpoch,
    { proposal }: EpochProposal,
    tree: LeafTree,
    index: bigint,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { deployment, chain, outbox, purse, budget, log } = this.deps;
    const { demandDeposit, demandsEnd } = await chain.epoch(epoch.epoch);
    if ((await chain.now()) >= demandsEnd || !(await purse.has(demandDeposit, "deposit of a demand", signal))) {
      return false;
    }
    const subject = `leaf ${proposal}/${LEAF_TREES[tree]}/${index}`;
    if (!(await budget.take(subject, demandDeposit))) return false;
    const outcome = await outbox.submit(
      {
        purpose: `demand ${tree} ${index} of proposal ${proposal}`,
        address: deployment.addresses.attributionOracle,
        abi: attributionOracleAbi,
        functionName: "demandLeaf",
        args: [proposal, LEAF_TREES[tree], index],
      },
      signal,
    );
    if (outcome.kind === "refused") {
      await budget.giveBack(subject);
      log.fault(`The demand of ${tree} ${index} was not taken: ${outcome.error}`);
    }
    return outcome.kind === "done";
  }

  /** Expires this oracle's demands that nobody answered, and takes deposits back whose proposals ended otherwise. */
  async #endDemands(signal: AbortSignal): Promise<boolean> {
    const { chain, facts, outbox } = this.deps;
    const [stranded] = await facts.strandedDemands(outbox.account);
    if (stranded !== undefined) {
      return this.#sendDemandCall("reclaimDeposit", stranded.proposal, stranded.tree, stranded.index, signal);
    }
    const epoch = await facts.newestEpoch();
    if (epoch?.stage !== "proposed" || epoch.proposal === undefined) return false;
    const now = await chain.now();
    const silent = (await facts.openDemands(epoch.proposal.proposal)).find(
      ({ demander, deadline }) => isAddressEqual(demander, outbox.account) && deadline <= now,
    );
    if (silent === undefined) return false;
    return this.#sendDemandCall("expireDemand", silent.proposal, silent.tree, silent.index, signal);
  }

  async #sendDemandCall(
    functionName: "expireDemand" | "reclaimDeposit",
    proposal: bigint,
    tree: LeafTree,
    index: bigint,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { deployment, outbox, log } = this.deps;
    const outcome = await outbox.submit(
      {
        purpose: `${functionName} of ${tree} ${index} of proposal ${proposal}`,
        address: deployment.addresses.attributionOracle,
        abi: attributionOracleAbi,
        functionName,
        args: [proposal, LEAF_TREES[tree], index],
      },
      signal,
    );
    if (outcome.kind === "refused") log.info(`${functionName} of ${tree} ${index} was not taken: ${outcome.error}.`);
    return outcome.kind === "done";
  }

  async #prove(
    epoch: FollowedEpoch,
    proposal: EpochProposal,
    found: EpochFault,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { deployment, outbox, log } = this.deps;
    const proof = "proof" in found ? found.proof : found.proofBy(await this.#header(epoch, found.batch));
    log.fault(`Epoch ${epoch.epoch} of ${proposal.proposer} is false: ${found.fault}. Sending ${proof.name}.`);
    const outcome = await outbox.submit(
      {
        purpose: `prove proposal ${proposal.proposal} of epoch ${epoch.epoch} false, ${proof.name}`,
        address: deployment.addresses.epochCourt,
        abi: epochCourtAbi,
        functionName: proof.name,
        args: proof.args,
      },
      signal,
    );
    if (outcome.kind === "refused") log.fault(`The proof against epoch ${epoch.epoch} was not taken: ${outcome.error}`);
    return outcome.kind === "done";
  }

  async #header(epoch: FollowedEpoch, batch: bigint) {
    const { facts, headers } = this.deps;
    const own =
      batch >= epoch.firstBatch
        ? epoch
        : (await facts.epochs(Number(epoch.epoch))).find((one) => one.firstBatch <= batch && batch <= one.lastBatch);
    return headers.open(batch, (own ?? epoch).lastBatch);
  }

  /** A void takes this oracle's own proposal down too, without loss: it is proposed anew at once. */
  async #withdrawOwn(epoch: FollowedEpoch, proposal: EpochProposal, signal: AbortSignal): Promise<boolean> {
    if ((await this.deps.courtFacts.voidBatches()).length === 0) return false;
    return this.#withdrawOverVoid(epoch, proposal, await this.deps.files.of(epoch, signal), signal);
  }

  async #withdrawOverVoid(
    epoch: FollowedEpoch,
    { asOf, proposal }: EpochProposal,
    lists: EpochFile,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { courtFacts, chain, deployment, outbox } = this.deps;
    for (const batch of await courtFacts.voidBatches()) {
      const at = lists.credits.findIndex((credit) => credit.batch === batch);
      const credit = lists.credits[at];
      if (credit === undefined || (await chain.voidedAt(batch)) <= asOf) continue;
      const outcome = await outbox.submit(
        {
          purpose: `withdraw proposal ${proposal} of epoch ${epoch.epoch} over the void of batch ${batch}`,
          address: deployment.addresses.epochCourt,
          abi: epochCourtAbi,
          functionName: "withdrawOverVoid",
          args: [epoch.epoch, { credit, ...creditTree(lists.credits).proof(at) }],
        },
        signal,
      );
      return outcome.kind === "done";
    }
    return false;
  }

  #rereadLater(): void {
    this.#rereadAt = this.deps.clock.now().getTime() + rereadMs;
  }

  /** What the chain, the batches and the previous pay-outs say about the epoch, for the lists to be judged by. */
  async #proposed(
    epoch: FollowedEpoch,
    proposal: EpochProposal,
    lists: Pick<EpochFile, "credits" | "payouts">,
    signal: AbortSignal,
  ): Promise<{ readonly proposed: ProposedEpoch; readonly areAllRead: boolean }> {
    const { deployment, facts } = this.deps;
    const members = await membersOf(this.deps, epoch, proposal.asOf);
    const movedBatches = [...new Set(members.moved.map(({ batch }) => batch))];
    const settled = [...(await facts.batches(epoch.firstBatch, epoch.lastBatch))];
    for (const batch of movedBatches) settled.push(...(await facts.batches(batch, batch)));
    const batches = new Map<bigint, BatchReceipts>();
    for (const batch of settled) {
      const read = await this.#batch(batch, signal);
      if (read !== undefined) batches.set(batch.batch, read);
    }
    const proposed: ProposedEpoch = {
      epoch: epoch.epoch,
      firstBatch: epoch.firstBatch,
      lastBatch: epoch.lastBatch,
      stream: deployment.dataStream,
      total: proposal.total,
      lists,
      previous: await this.#previous(epoch, signal),
      batch: (number) => batches.get(number),
      belongs: members.belongs,
      epochOf: members.epochOf,
      movedBatches,
    };
    return { proposed, areAllRead: batches.size === settled.length };
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

  /** Undefined when its list cannot be read. */
  async #batch(batch: SettledBatch, signal: AbortSignal): Promise<BatchReceipts | undefined> {
    const { chain, batchFiles } = this.deps;
    try {
      const reading = await batchFiles.read(batch, signal);
      if ("refused" in reading) throw new OracleError("content_mismatch", reading.refused, { retryable: false });
      const { file, tree } = reading;
      const settledAt = await chain.timestamp(batch.blockHash);
      const dataBps = new Map<bigint, number | undefined>();
      for (const { receipt } of file.receipts) {
        if (!dataBps.has(receipt.model)) dataBps.set(receipt.model, await chain.dataBpsAt(receipt.model, settledAt));
      }
      return {
        receiptCount: file.receipts.length,
        tree,
        receipt: (index) => openReceipt(file.receipts[index], dataBps),
      };
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error;
      await this.#say(
        `batch ${batch.batch}`,
        "batch_unreadable",
        `Credits of batch ${batch.batch} cannot be judged: ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  async #sayUnreadable(proposal: EpochProposal, error: unknown, what: string): Promise<void> {
    await this.#say(
      `epoch ${proposal.epoch}, proposal ${proposal.proposal}`,
      "epoch_unreadable",
      `WITHHELD: epoch ${proposal.epoch} of ${proposal.proposer} may become final at ${proposal.finalizableAt} and its ` +
        `leaves cannot be read: ${messageOf(error)} ${what}`,
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
