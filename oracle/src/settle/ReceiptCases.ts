/**
 * Keeps out of an epoch what this oracle finds false. The epoch court takes a receipt that was passed over for a fault, unless
 * a case of it was open at the proposal's `asOf`, or its batch is void. So a case is opened, by a dispute over the answer,
 * before a receipt is left out; a receipt whose case could not be opened is credited.
 */
import {
  type BatchOpening,
  type ContentClient,
  canonicalJsonBytes,
  type Deployment,
  disputeId,
  disputeManagerAbi,
  dueAmount,
  type MarketDomain,
  placeReceipts,
  receiptDataFee,
} from "@openledger/sdk";
import { type Hex, numberToHex } from "viem";
import type { BatchFiles } from "../attribute/BatchFiles.js";
import { PROVABLE_CHECKS, WITHHELD_CHECKS } from "../attribute/ReceiptFault.js";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { BatchLedger, JudgedReceipt } from "../store/BatchLedger.js";
import type { ChainFacts, OpenedEpoch, SettledBatch } from "../store/ChainFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import type { Budget } from "./Budget.js";
import { withDataPart } from "./buildLists.js";
import type { Outbox } from "./Outbox.js";
import type { Purse } from "./Purse.js";

export interface ReceiptCases {
  /**
   * Sees to a case of each receipt of the epoch that this oracle does not credit.
   *
   * @returns Whether a proposal as of this timestamp leaves out nothing that somebody could show, and credits nothing false
   * whose case can be opened. Nothing is proposed before.
   */
  exclude(epoch: OpenedEpoch, asOf: bigint, signal: AbortSignal): Promise<boolean>;
}

export interface FiledCasesDeps {
  readonly deployment: Pick<Deployment, "addresses">;
  readonly domain: MarketDomain;
  readonly content: Pick<ContentClient, "put">;
  readonly facts: Pick<ChainFacts, "batches">;
  readonly batches: Pick<BatchLedger, "disputed" | "states">;
  readonly epochs: Pick<EpochLedger, "find">;
  readonly batchFiles: Pick<BatchFiles, "read">;
  readonly chain: Pick<
    ProtocolReader,
    "now" | "timestamp" | "voidedAt" | "caseOf" | "courtClocks" | "dataBpsAt" | "disputeBond" | "batchOpening"
  >;
  readonly outbox: Pick<Outbox, "submit" | "account">;
  readonly purse: Pick<Purse, "readiness">;
  readonly budget: Pick<Budget, "take" | "giveBack">;
  readonly clock: Clock;
  readonly log: Log;
}

const approvedBonds = 4n;

export class FiledCases implements ReceiptCases {
  constructor(private readonly deps: FiledCasesDeps) {}

  async exclude(epoch: OpenedEpoch, asOf: bigint, signal: AbortSignal): Promise<boolean> {
    const { batches, facts } = this.deps;
    const { firstBatch, lastBatch } = epoch;
    let areAllOut = true;
    for (const { batch, state } of await batches.states(firstBatch, lastBatch)) {
      const [settled] = state === "refused" ? await facts.batches(batch, batch) : [];
      if (settled !== undefined && !(await this.#isGone(settled, asOf))) areAllOut = false;
    }
    for (const receipt of await batches.disputed(firstBatch, lastBatch)) {
      const [settled] = await facts.batches(receipt.batch, receipt.batch);
      if (settled !== undefined && !(await this.#isOut(settled, receipt, asOf, signal))) areAllOut = false;
    }
    return areAllOut;
  }

  /** Whether nobody can show anything that a batch, whose receipts this oracle does not know, gives. */
  async #isGone({ batch, dataAmount }: SettledBatch, asOf: bigint): Promise<boolean> {
    if (dataAmount === 0n) return true;
    const voidedAt = await this.deps.chain.voidedAt(batch);
    if (voidedAt !== 0n && voidedAt <= asOf) return true;
    await this.#say(
      `batch ${batch}`,
      "holds_epoch",
      `Batch ${batch} stands and its receipts are not known here: whoever knows them could refute a proposal without them. ` +
        "Nothing is proposed before the court has them revealed or has voided the batch.",
    );
    return false;
  }

  async #isOut(settled: SettledBatch, receipt: JudgedReceipt, asOf: bigint, signal: AbortSignal): Promise<boolean> {
    const { chain } = this.deps;
    const { batch, receiptIndex, fault } = receipt;
    if (fault === undefined) return true;
    const voidedAt = await chain.voidedAt(batch);
    if (voidedAt !== 0n) return voidedAt <= asOf;
    // Its list is not the signed one: it may give anybody anything.
    const isKnown = fault.check !== "attribution_hash";
    if (isKnown ? !(await this.#earns(receipt, settled)) : settled.dataAmount === 0n) return true;
    const first = await chain.caseOf(batch, receiptIndex);
    // It moves nothing a second time, however it ended.
    if (first.state !== "none") return first.openedAt <= asOf;

    const settledAt = await chain.timestamp(settled.blockHash);
    const { trial, reveal } = await chain.courtClocks();
    const now = await chain.now();
    // `BatchProver` and `ReceiptDemander` take the whole batch down, or have the receipt revealed: that costs no bond.
    if (PROVABLE_CHECKS.has(fault.check) && now < settledAt + trial + 2n * reveal) return false;
    if (WITHHELD_CHECKS.has(fault.check) && now < settledAt + trial + reveal) return false;
    if (PROVABLE_CHECKS.has(fault.check) || now >= settledAt + trial) {
      return this.#giveUp(receipt, isKnown, "its trial is over");
    }
    return this.#file(settled, receipt, isKnown, signal);
  }

  async #earns(receipt: JudgedReceipt, settled: SettledBatch): Promise<boolean> {
    const facts = { batches: async () => [settled] };
    const [found] = await withDataPart({ facts, chain: this.deps.chain }, [receipt]);
    if (found === undefined) return false;
    const fee = receiptDataFee(found, found.dataBps);
    return found.shares.some(({ account }) => dueAmount(found.shares, account, fee) > 0n);
  }

  /** @returns Whether nothing more can be done; a case that was opened counts from a later `asOf` on. */
  async #file(settled: SettledBatch, receipt: JudgedReceipt, isKnown: boolean, signal: AbortSignal): Promise<boolean> {
    const { deployment, domain, chain, batchFiles, content, outbox, purse, budget } = this.deps;
    const { batch, receiptIndex } = receipt;
    const opening = await chain.batchOpening(batch);
    // The epoch's opening pins its batches: this one was orphaned.
    if (opening === undefined) return false;
    const reading = await batchFiles.read(settled, signal);
    if ("refused" in reading) throw new OracleError("content_mismatch", reading.refused, { retryable: false });
    const receipts = reading.file.receipts.map((entry) => entry.receipt);
    const placed = placeReceipts(domain, receipts, settled.receiptsRoot).open(receiptIndex);

    const bond = await chain.disputeBond();
    const spender = deployment.addresses.jury;
    const need = { amount: bond, what: "bond of a dispute", spender, approved: bond * approvedBonds };
    const readiness = await purse.readiness(need, signal);
    if (readiness === "missing") return this.#giveUp(receipt, isKnown, "there is no money for the bond");
    if (readiness === "approving") return false;
    const subject = `dispute ${offenceOf(batch, receiptIndex)}`;
    if (!(await budget.take(subject, bond))) return this.#giveUp(receipt, isKnown, "the budget is exhausted");

    const { hash: evidence } = await content.put(evidenceOf(receipt, opening), { signal });
    const outcome = await outbox.submit(
      {
        purpose: `dispute receipt ${receiptIndex} of batch ${batch}, ${receipt.hash}: evidence ${evidence}`,
        address: deployment.addresses.disputeManager,
        abi: disputeManagerAbi,
        functionName: "fileAnswer",
        args: [opening, placed, evidence],
      },
      signal,
    );
    if (outcome.kind !== "refused") return false;
    await budget.giveBack(subject);
    // Another may have been first.
    if ((await chain.caseOf(batch, receiptIndex)).state !== "none") return false;
    return this.#giveUp(receipt, isKnown, `the dispute was not taken: ${outcome.error}`);
  }

  /** @returns Whether the receipt can be credited instead. */
  async #giveUp({ batch, receiptIndex, hash }: JudgedReceipt, isKnown: boolean, reason: string): Promise<boolean> {
    const message =
      `No case of receipt ${hash} (batch ${batch}, ${receiptIndex}) was opened, for ${reason}: ` +
      (isKnown ? "it is credited, though it is false." : "as its shares are not known, nothing is proposed.");
    await this.#say(`receipt ${hash}`, "case_not_opened", message);
    return isKnown;
  }

  async #say(subject: string, kind: string, message: string): Promise<void> {
    const { epochs, clock, log } = this.deps;
    if (await epochs.find(subject, kind, message, clock.now())) log.fault(message);
  }
}

/** The id of the dispute over a receipt's answer. */
function offenceOf(batch: bigint, receiptIndex: number): Hex {
  return disputeId("answer", numberToHex((batch << 32n) | BigInt(receiptIndex), { size: 32 }), 0n);
}

/** What the jury is told; the same finding gives the same file. */
function evidenceOf({ batch, receiptIndex, hash, fault }: JudgedReceipt, { batch: header }: BatchOpening): Uint8Array {
  return canonicalJsonBytes({
    format: "openledger.evidence/1",
    batch: batch.toString(),
    receiptIndex,
    receipt: hash,
    runner: header.runner.toLowerCase(),
    check: fault?.check ?? "",
    asked: fault?.asked ?? "",
    found: fault?.found ?? "",
  });
}
