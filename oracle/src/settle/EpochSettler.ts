/** Takes epochs from batches to final pay-outs, one transition a step; see `transitions`. */
import {
  attributionOracleAbi,
  type ContentClient,
  creditTree,
  type Deployment,
  encodeEpochFile,
  payoutTree,
} from "@openledger/sdk";
import { isAddressEqual } from "viem";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, EpochProposal, FollowedEpoch, OpenedEpoch, Place } from "../store/ChainFacts.js";
import type { CourtFacts } from "../store/CourtFacts.js";
import type { EpochLedger, EpochLists } from "../store/EpochLedger.js";
import { buildLists } from "./buildLists.js";
import type { EpochFiles } from "./EpochFiles.js";
import type { Outbox, Outcome } from "./Outbox.js";
import type { Purse } from "./Purse.js";
import type { ReceiptCases } from "./ReceiptCases.js";
import { areJudged, isReadyToOpen, type Situation, situationOf, transitions } from "./transitions.js";

export interface EpochSettlerDeps {
  readonly deployment: Deployment;
  readonly chain: ProtocolReader;
  readonly content: ContentClient;
  readonly facts: ChainFacts;
  readonly courtFacts: CourtFacts;
  readonly batches: BatchLedger;
  readonly epochs: EpochLedger;
  readonly files: EpochFiles;
  readonly outbox: Outbox;
  readonly purse: Purse;
  readonly cases: ReceiptCases;
  readonly clock: Clock;
  readonly log: Log;
  /** Blocks that must lie above what a transaction follows from. */
  readonly confirmations: bigint;
}

/** Lists are proposed again as they were while they are not older: a transaction on its way keeps its bytes. */
const keptSeconds = 600n;

export class EpochSettler {
  #lastRefusal = "";
  #isBondApproved = false;

  constructor(private readonly deps: EpochSettlerDeps) {}

  /** @returns Whether something was done, so that the next step may follow at once. @throws OracleError */
  async step(signal: AbortSignal): Promise<boolean> {
    const situation = await this.#situation();
    switch (transitions[situation.kind]) {
      case "wait":
        if (situation.kind === "nothing_to_open") await this.#approveEarly(signal);
        return false;
      case "open":
        return situation.kind === "batches_ready" && this.#open(situation.next, situation.newestBatch, signal);
      case "propose":
        return situation.kind === "epoch_ready" && this.#propose(situation.epoch, signal);
      case "finalise":
        return situation.kind === "window_passed" && this.#finalise(situation.epoch, situation.isJudged, signal);
    }
  }

  /** The first proposal need not wait for the approval of its bond. */
  async #approveEarly(signal: AbortSignal): Promise<void> {
    if (this.#isBondApproved || !(await this.isActive())) return;
    this.#isBondApproved = await this.deps.purse.has(await this.deps.chain.bond(), "bond", signal);
  }

  /** Whether this oracle may propose: enough stake for the role. */
  async isActive(): Promise<boolean> {
    return this.deps.chain.isActiveOracle(this.deps.outbox.account);
  }

  async #situation(): Promise<Situation> {
    const { facts, batches, chain, clock } = this.deps;
    const newest = await facts.newestEpoch();
    const firstPending = (newest?.lastBatch ?? 0n) + 1n;
    const pending = await facts.batches(firstPending, maxUint64);
    const pendingStates = pending.length === 0 ? [] : await batches.states(firstPending, maxUint64);
    const newestBatches = newest === undefined ? [] : await facts.batches(newest.firstBatch, newest.lastBatch);
    const newestStates = newest === undefined ? [] : await batches.states(newest.firstBatch, newest.lastBatch);
    return situationOf({
      newest,
      pending: {
        newest: pending[pending.length - 1],
        dataAmount: pending.reduce((sum, batch) => sum + batch.dataAmount, 0n),
        isReady: isReadyToOpen(pending, pendingStates, clock.now()),
      },
      isNewestJudged: areJudged(newestBatches, newestStates),
      now: await chain.now(),
    });
  }

  async #open(next: bigint, newestBatch: Place, signal: AbortSignal): Promise<boolean> {
    if (!(await this.isActive()) || !(await this.#isBuried(newestBatch))) return false;
    return this.#report(await this.deps.outbox.submit(this.#call(`open epoch ${next}`, "openEpoch", []), signal));
  }

  async #propose(epoch: FollowedEpoch, signal: AbortSignal): Promise<boolean> {
    const { epochs, content, outbox, log } = this.deps;
    if (!(await this.isActive())) return false;
    if (!(await this.#isBuried(epoch)) || !(await this.#isStillThatEpoch(epoch))) return false;

    const kept = await this.#reusable(epoch);
    const asOf = kept?.asOf ?? (await this.#asOf(epoch));
    if (asOf === undefined) return false;
    if (kept === undefined && !(await this.deps.cases.exclude(epoch, asOf, signal))) return false;
    const lists = kept ?? (await this.#build(epoch, asOf, signal));
    if (epoch.refuted.some((proposal) => isOwn(proposal, lists, outbox))) {
      const message = `Epoch ${epoch.epoch}: the lists this oracle comes to were refuted before; they are not proposed again.`;
      if (await epochs.find(`epoch ${epoch.epoch}`, "own_lists_refuted", message, this.deps.clock.now())) {
        log.fault(message);
      }
      return false;
    }
    const file = await epochs.file(lists.dataHash);
    // Whoever wants to check the roots must be able to read the leaves before the window opens.
    if (file !== undefined) await content.put(file, { signal });
    if (!(await this.deps.purse.has(await this.deps.chain.bond(), "bond", signal))) return false;

    const { creditsRoot, payoutsRoot, total, dataHash } = lists;
    const purpose = `propose epoch ${epoch.epoch} as of ${asOf}: credits ${creditsRoot}, pay-outs ${payoutsRoot}, total ${total}, file ${dataHash}`;
    const call = this.#call(purpose, "propose", [epoch.epoch, creditsRoot, payoutsRoot, total, dataHash, asOf]);
    return this.#report(await outbox.submit(call, signal));
  }

  /** Its own proposals, and those of others when it comes to the same roots itself. */
  async #finalise(epoch: FollowedEpoch, isJudged: boolean, signal: AbortSignal): Promise<boolean> {
    const { outbox } = this.deps;
    const { proposal } = epoch;
    if (proposal === undefined) return false;
    if (!isAddressEqual(proposal.proposer, outbox.account)) {
      if (!isJudged || !areSameRoots(proposal, await this.#ownLists(epoch, proposal, signal))) return false;
    }
    const purpose = `finalise epoch ${epoch.epoch}: pay-outs ${proposal.payoutsRoot}`;
    return this.#report(await outbox.submit(this.#call(purpose, "finalize", [epoch.epoch]), signal));
  }

  /** As they were kept, else built now. */
  async #ownLists(epoch: FollowedEpoch, { asOf }: EpochProposal, signal: AbortSignal): Promise<EpochLists> {
    const kept = await this.deps.epochs.lists(epoch.epoch);
    return kept?.blockHash === epoch.blockHash && kept.asOf === asOf ? kept : this.#build(epoch, asOf, signal);
  }

  /** Kept lists that may still be proposed: young, and of a timestamp that no proposal of this epoch ended with. */
  async #reusable(epoch: FollowedEpoch): Promise<EpochLists | undefined> {
    const kept = await this.deps.epochs.lists(epoch.epoch);
    if (kept === undefined || kept.blockHash !== epoch.blockHash) return undefined;
    if ((await this.deps.chain.now()) - kept.asOf > keptSeconds) return undefined;
    const ended = [...epoch.refuted, ...epoch.withdrawn];
    return ended.some(({ asOf }) => asOf >= kept.asOf) ? undefined : kept;
  }

  /**
   * The second before the newest block that is buried deep enough: what happened up to it stays as it is, and the block that
   * takes the proposal is younger, also where a node simulates it on the newest one. Undefined while that is before the opening.
   */
  async #asOf(epoch: FollowedEpoch): Promise<bigint | undefined> {
    const { chain, facts, confirmations } = this.deps;
    const newest = await facts.newestBlock();
    if (newest === undefined) return undefined;
    const asOf = (await chain.timestampAt(newest - confirmations)) - 1n;
    return asOf < (await chain.timestamp(epoch.blockHash)) ? undefined : asOf;
  }

  /** The lists of an epoch, kept with their file. */
  async #build(epoch: OpenedEpoch, asOf: bigint, signal: AbortSignal): Promise<EpochLists> {
    const { epochs, clock } = this.deps;
    const stream = this.deps.deployment.dataStream;
    const file = await buildLists({ ...this.deps, stream }, epoch, asOf, signal);
    const dataHash = await epochs.keepFile(encodeEpochFile(file), clock.now());
    const lists: EpochLists = {
      epoch: epoch.epoch,
      asOf,
      block: epoch.block,
      blockHash: epoch.blockHash,
      creditsRoot: creditTree(file.credits).root,
      payoutsRoot: payoutTree(stream, file.payouts).root,
      total: file.total,
      dataHash,
      creditCount: file.credits.length,
      payoutCount: file.payouts.length,
    };
    await epochs.keepLists(lists, clock.now());
    return lists;
  }

  /**
   * Whether the chain's epoch is the one that was followed, batches included: after a reorganisation that was not yet
   * followed another may have its number, and a proposal built on the old one would be false.
   */
  async #isStillThatEpoch(epoch: FollowedEpoch): Promise<boolean> {
    const { chain } = this.deps;
    const now = await chain.epoch(epoch.epoch);
    if (now.state !== "open" || now.firstBatch !== epoch.firstBatch || now.lastBatch !== epoch.lastBatch) return false;
    // The chain of headers is of just these batches.
    return (await chain.batchChainAt(epoch.lastBatch)) === epoch.chain;
  }

  async #isBuried(place: Place): Promise<boolean> {
    if (this.deps.confirmations === 0n) return true;
    const newest = await this.deps.facts.newestBlock();
    return newest !== undefined && newest - place.block >= this.deps.confirmations;
  }

  #call(purpose: string, functionName: string, args: readonly unknown[]) {
    const address = this.deps.deployment.addresses.attributionOracle;
    return { purpose, address, abi: attributionOracleAbi, functionName, args };
  }

  /** A refusal is ordinary (another was first, it is too early); it is said once. */
  #report(outcome: Outcome): boolean {
    if (outcome.kind === "refused" && outcome.error !== this.#lastRefusal) {
      this.#lastRefusal = outcome.error;
      if (!outcome.error.startsWith("AttributionOracle_TooEarly")) this.deps.log.info(`Not now: ${outcome.error}.`);
    }
    return outcome.kind === "done";
  }
}

const maxUint64 = (1n << 64n) - 1n;

function areSameRoots(proposal: EpochProposal, lists: EpochLists): boolean {
  return proposal.creditsRoot === lists.creditsRoot && proposal.payoutsRoot === lists.payoutsRoot;
}

function isOwn(proposal: EpochProposal, lists: EpochLists, outbox: Outbox): boolean {
  return isAddressEqual(proposal.proposer, outbox.account) && areSameRoots(proposal, lists);
}
