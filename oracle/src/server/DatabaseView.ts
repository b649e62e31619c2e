import { decodeEpochFile, dueAmount, type EpochFile, receiptDataFee } from "@openledger/sdk";
import { type Address, isAddressEqual } from "viem";
import type { ContributionAdviser } from "../admission/ContributionAdviser.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import { OracleError } from "../OracleError.js";
import { withDataPart } from "../settle/buildLists.js";
import type { EpochFiles } from "../settle/EpochFiles.js";
import type { AdmissionFacts } from "../store/AdmissionFacts.js";
import type { BatchLedger, JudgedReceipt } from "../store/BatchLedger.js";
import type { ChainFacts, FollowedEpoch } from "../store/ChainFacts.js";
import type { EpochLedger, EpochLists } from "../store/EpochLedger.js";
import type { ScoreLedger } from "../store/ScoreLedger.js";
import type { Health, OracleView, PendingEarnings } from "./createOracleApp.js";

export interface DatabaseViewDeps {
  readonly facts: ChainFacts;
  readonly batches: BatchLedger;
  readonly chain: ProtocolReader;
  readonly epochs: EpochLedger;
  readonly files: EpochFiles;
  readonly admissions: AdmissionFacts;
  readonly scores: ScoreLedger;
  /** Undefined where no opinion is told. */
  readonly adviser: Pick<ContributionAdviser, "ask"> | undefined;
  readonly health: () => Promise<Health>;
}

const largestBatch = (1n << 64n) - 1n;
const readTimeoutMs = 10_000;

/** What the API shows, read from the oracle's own tables. */
export class DatabaseView implements OracleView {
  constructor(private readonly deps: DatabaseViewDeps) {}

  health(): Promise<Health> {
    return this.deps.health();
  }

  epochs(limit: number, before: bigint | undefined): Promise<readonly FollowedEpoch[]> {
    return this.deps.facts.epochs(limit, before);
  }

  epoch(epoch: bigint): Promise<FollowedEpoch | undefined> {
    return this.deps.facts.epoch(epoch);
  }

  async file(epoch: FollowedEpoch): Promise<EpochFile | undefined> {
    if (epoch.proposal !== undefined) return this.deps.files.of(epoch, AbortSignal.timeout(readTimeoutMs));
    const own = await this.deps.epochs.lists(epoch.epoch);
    const bytes = own === undefined ? undefined : await this.deps.epochs.file(own.dataHash);
    return bytes === undefined ? undefined : decodeEpochFile(bytes);
  }

  ownLists(epoch: bigint): Promise<EpochLists | undefined> {
    return this.deps.epochs.lists(epoch);
  }

  disputed(epoch: FollowedEpoch): Promise<readonly JudgedReceipt[]> {
    return this.deps.batches.disputed(epoch.firstBatch, epoch.lastBatch);
  }

  async pending(account: Address): Promise<PendingEarnings> {
    const final = await this.deps.facts.newestFinal();
    const receipts = await withDataPart(
      this.deps,
      await this.deps.batches.credited((final?.lastBatch ?? 0n) + 1n, largestBatch),
    );
    const amounts = receipts
      .map((receipt) => dueAmount(receipt.shares, account, receiptDataFee(receipt, receipt.dataBps)))
      .filter((amount) => amount > 0n);
    return {
      amount: amounts.reduce((sum, amount) => sum + amount, 0n),
      receipts: amounts.length,
      claimable: final === undefined ? 0n : await this.#cumulative(final, account),
    };
  }

  async admission(datanet: bigint, contribution: bigint): Promise<string> {
    const { scores, admissions, chain, adviser } = this.deps;
    const kept = await scores.admission(datanet, contribution);
    if (kept !== undefined && kept.toldFrom <= (await chain.now())) return kept.text;
    if (kept !== undefined) {
      throw notYet(
        `Contribution ${contribution} is scored; why is told from ${kept.toldFrom} on, when no score can be copied.`,
      );
    }
    const advice = await adviser?.ask(datanet, contribution);
    if (advice?.kind === "told") return advice.text;
    if (advice?.kind === "waiting") {
      throw notYet(`Contribution ${contribution} is judged now, because you asked; ask again in a minute.`);
    }
    if (advice?.kind === "busy") throw notYet("Many contributions wait to be judged; ask again in some minutes.");
    const [known] = await admissions.contributions([contribution]);
    if (known?.datanet === datanet) {
      throw notYet(
        `This oracle has not scored contribution ${contribution}: another decides, or its round is to come.`,
      );
    }
    const message = `Datanet ${datanet} has no contribution ${contribution}.`;
    throw new OracleError("unknown_contribution", message, { retryable: true });
  }

  async #cumulative(final: FollowedEpoch, account: Address): Promise<bigint> {
    const file = await this.file(final);
    if (file === undefined) throw new OracleError("unknown_epoch", "The lists are not there.", { retryable: true });
    return file.payouts.find((payout) => isAddressEqual(payout.account, account))?.cumulative ?? 0n;
  }
}

function notYet(message: string): OracleError {
  return new OracleError("not_judged", message, { retryable: true });
}
