import { setTimeout as delay } from "node:timers/promises";
import { describeError, type Log } from "../Log.js";
import type { Settler } from "./Settler.js";

/**
 * Steps until the signal: at once after progress, else when `woken` resolves or `pollMs` pass. A step that fails is
 * tried again: what it had done is stored.
 */
export async function runSettlement(
  settler: Settler,
  options: {
    readonly pollMs: number;
    readonly signal: AbortSignal;
    readonly woken: () => Promise<void>;
    readonly log: Log;
  },
): Promise<void> {
  const { pollMs, signal, woken, log } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      const state = await settler.step();
      if (failing) log("settlement goes on");
      failing = false;
      if (state === "progress") continue;
    } catch (error) {
      if (!failing) log("settlement waits", { error: describeError(error) });
      failing = true;
    }
    await Promise.race([delay(pollMs, undefined, { signal }).catch(() => {}), ...(failing ? [] : [woken()])]);
  }
}
