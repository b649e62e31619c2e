/**
 * What is to be done about a batch of which something is withheld, by the demands that anybody made of it.
 *
 * All of it is demanded where nothing is known, and where shares are withheld of more receipts than one demand of all costs
 * demands of one. An answer to the whole goes for every receipt: that it shows no signatures holds up no credit.
 */
import { WHOLE_BATCH } from "@openledger/sdk";
import type { WithheldBatch } from "../store/BatchLedger.js";
import type { ReceiptDemand } from "../store/CourtFacts.js";

export type WithheldStep =
  /** @param index Of a receipt, or `WHOLE_BATCH`. */
  | { readonly kind: "demand"; readonly index: number }
  /** All that was withheld is shown: these receipts are judged again. */
  | { readonly kind: "reread"; readonly receiptIndices: readonly number[] }
  | { readonly kind: "wait" };

/** What a demand of all receipts costs, in demands of one: as `ReceiptDemands.sol` has it. */
const singlesOfWhole = 16;
/** Demands of a batch that are open at once: more would cost more each. */
const openAtOnce = 16;

export function withheldStep(
  { isRefused, unattributed, unsigned }: Pick<WithheldBatch, "isRefused" | "unattributed" | "unsigned">,
  demands: readonly ReceiptDemand[],
): WithheldStep {
  const states = new Map(demands.map(({ receiptIndex, state }) => [receiptIndex, state]));
  const count = demands.find((demand) => demand.count !== undefined)?.count;
  const lacking = isRefused ? placesOf(count) : [...unattributed, ...unsigned].sort((a, b) => a - b);
  const whole = states.get(WHOLE_BATCH);
  if (lacking?.every((index) => whole === "answered" || states.get(index) === "answered")) {
    return { kind: "reread", receiptIndices: lacking };
  }
  const undemanded = lacking?.filter((index) => !states.has(index));
  if (whole !== undefined || undemanded?.length === 0) return { kind: "wait" };
  const shareless = unattributed.filter((index) => !states.has(index));
  if (isRefused || shareless.length > singlesOfWhole) return { kind: "demand", index: WHOLE_BATCH };
  const isFull = demands.filter(({ state }) => state === "open").length >= openAtOnce;
  return isFull ? { kind: "wait" } : { kind: "demand", index: undemanded![0]! };
}

/** All places of a batch; undefined while nobody knows how many there are. */
function placesOf(count: number | undefined): readonly number[] | undefined {
  return count === undefined ? undefined : Array.from({ length: count }, (_, index) => index);
}
