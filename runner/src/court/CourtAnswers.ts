/** Makes what answers a demand from the runner's books. */
import {
  type Batch,
  batchDisclosure,
  type DisclosedRange,
  type MarketDomain,
  type PlacedReceipts,
  placeReceipts,
  receiptTree,
  WHOLE_BATCH,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { DemandLedger, ReceiptDemand, ReceiptEvidence } from "../store/DemandLedger.js";
import type { CourtCall, CourtChain } from "./CourtChain.js";

/** What stands behind a batch. Trees of thousands of receipts take seconds: each is made when it is first asked for. */
interface Behind {
  readonly evidence: readonly ReceiptEvidence[];
  placed?: PlacedReceipts;
  rangeFrom?: (first: number) => DisclosedRange | undefined;
}

/** So many batches are kept: each of their receipts may be demanded, and whole ones are shown in many steps. */
const keptBatches = 8;

export class CourtAnswers {
  /** By receiptsRoot, the last used last. */
  readonly #behind = new Map<Hex, Behind>();

  constructor(
    private readonly domain: MarketDomain,
    private readonly ledger: Pick<DemandLedger, "evidence">,
    private readonly chain: Pick<CourtChain, "header">,
  ) {}

  /**
   * @param shown Receipts of a whole batch that the court has seen.
   * @throws Error when this database does not hold what stands behind the batch.
   */
  async to({ batch, index }: ReceiptDemand, shown: number): Promise<CourtCall> {
    const header = await this.chain.header(batch);
    if (header === undefined) throw new Error(`The chain has no batch ${batch}.`);
    const { receiptsRoot } = header;
    const behind = this.#behind.get(receiptsRoot) ?? (await this.#read(batch));
    const call = index === WHOLE_BATCH ? this.#next(header, behind, shown) : this.#one(header, behind, index);
    // Only now: what does not make the batch's root is read again.
    this.#keep(receiptsRoot, behind);
    return call;
  }

  #next(batch: Batch, behind: Behind, shown: number): CourtCall {
    behind.rangeFrom ??= batchDisclosure({
      market: this.domain,
      receiptsRoot: batch.receiptsRoot,
      disclosures: behind.evidence,
    });
    const range = behind.rangeFrom(shown);
    if (range !== undefined) return { name: "disclose", batch, range };
    throw new Error(`Batch ${batch.number} has ${behind.evidence.length} receipts; ${shown} of them are shown.`);
  }

  #one(batch: Batch, behind: Behind, index: number): CourtCall {
    const { evidence } = behind;
    behind.placed ??= placeReceipts(this.domain, receiptsOf(evidence), batch.receiptsRoot);
    const found = evidence[index];
    if (found === undefined) {
      return { name: "revealAbsent", batch, index, tree: receiptTree(this.domain, receiptsOf(evidence)) };
    }
    const { signature: runnerSignature, voucher, voucherSignature, attribution } = found;
    const placed = behind.placed.open(index);
    return {
      name: "reveal",
      batch,
      index,
      revelation: { placed, runnerSignature, ...voucher, voucherSignature, attribution },
    };
  }

  async #read(batch: bigint): Promise<Behind> {
    const evidence = await this.ledger.evidence(batch);
    if (evidence.length > 0) return { evidence };
    throw new Error(`This database holds no receipts of batch ${batch}.`);
  }

  #keep(receiptsRoot: Hex, behind: Behind): void {
    this.#behind.delete(receiptsRoot);
    this.#behind.set(receiptsRoot, behind);
    const [oldest] = this.#behind.keys();
    if (this.#behind.size > keptBatches && oldest !== undefined) this.#behind.delete(oldest);
  }
}

function receiptsOf(evidence: readonly ReceiptEvidence[]) {
  return evidence.map(({ receipt }) => receipt);
}
