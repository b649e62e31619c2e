import { setTimeout as delay } from "node:timers/promises";
import type { DemandAnswerer } from "../court/DemandAnswerer.js";
import { describeError, type Log } from "../Log.js";
import type { Settler } from "./Settler.js";

/**
 * Answers the court and settles until the signal: at once after progress, else when `woken` resolves or `pollMs` pass. A step
 * that fails is tried again: what it had done is stored. One loop does both, for both sign with the account's nonces; neither
 * stops for the other's failure.
 */
export async function runSettlement(
  settler: Pick<Settler, "step">,
  answerer: Pick<DemandAnswerer, "step">,
  options: {
    readonly pollMs: number;
    readonly signal: AbortSignal;
    readonly woken: () => Promise<void>;
    readonly log: Log;
  },
): Promise<void> {
  const { pollMs, signal, woken, log } = options;
  let [isAnsweringFailing, isFailing] = [false, false];
  while (!signal.aborted) {
    try {
      await answerer.step();
      if (isAnsweringFailing) log("answering the court goes on");
      isAnsweringFailing = false;
    } catch (error) {
      if (!isAnsweringFailing) log("ANSWERING THE COURT WAITS", { error: describeError(error) });
      isAnsweringFailing = true;
    }
    try {
      const state = await settler.step();
      if (isFailing) log("settlement goes on");
      isFailing = false;
      if (state === "progress") continue;
    } catch (error) {
      if (!isFailing) log("settlement waits", { error: describeError(error) });
      isFailing = true;
    }
    await Promise.race([delay(pollMs, undefined, { signal }).catch(() => {}), ...(isFailing ? [] : [woken()])]);
  }
}
