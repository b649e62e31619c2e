/**
 * The oracle's work: it follows the chain, reads batches, settles epochs, takes what is false to the courts.
 *
 * Five loops share the database. Following and settling must be quick, because windows close. The others share the base too, and may
 * take long: reading batches, judging contributions, advising on them, and indexing ahead, which gives way to these three. A fault that
 * may pass is said and waited for with growing pauses; nothing that happens on the chain or in a file ends the process.
 */

import type { JudgingTurns } from "./admission/JudgingTurns.js";
import type { RoundKeeper } from "./admission/RoundKeeper.js";
import type { BatchVerifier } from "./attribute/BatchVerifier.js";
import type { IndexAhead } from "./attribute/IndexAhead.js";
import type { Clock } from "./Clock.js";
import type { ChainSource } from "./chain/ChainSource.js";
import { followChain } from "./chain/followChain.js";
import { IdleTurns } from "./IdleTurns.js";
import type { Log } from "./Log.js";
import type { BatchProver } from "./prove/BatchProver.js";
import type { EpochWatcher } from "./prove/EpochWatcher.js";
import type { ReceiptDemander } from "./prove/ReceiptDemander.js";
import type { ClaimPusher } from "./settle/ClaimPusher.js";
import type { DemandAnswerer } from "./settle/DemandAnswerer.js";
import type { DisputeKeeper } from "./settle/DisputeKeeper.js";
import type { EpochSettler } from "./settle/EpochSettler.js";
import type { ChainLedger } from "./store/ChainLedger.js";

export interface OracleNodeDeps {
  readonly source: ChainSource;
  readonly ledger: ChainLedger;
  readonly startBlock: bigint;
  readonly verifier: BatchVerifier;
  /** Absent when the oracle only watches. */
  readonly settler: EpochSettler | undefined;
  readonly watcher: EpochWatcher;
  readonly answerer: DemandAnswerer;
  readonly prover: BatchProver;
  readonly demander: ReceiptDemander;
  readonly keeper: DisputeKeeper;
  readonly rounds: RoundKeeper;
  readonly judging: JudgingTurns;
  /** Absent when nothing is recomputed. */
  readonly ahead: IndexAhead | undefined;
  /** Absent when claims are left to who earned them. */
  readonly pusher: ClaimPusher | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollIntervalMs: number;
}

const rangeBlocks = 1000n;
const exactDepth = 128n;
const longestPauseMs = 10_000;

export class OracleNode {
  constructor(private readonly deps: OracleNodeDeps) {}

  /** Works until the signal aborts; what is in progress then is finished or left for the next start. */
  async run(signal: AbortSignal): Promise<void> {
    const { verifier, judging, ahead } = this.deps;
    const turns = new IdleTurns();
    await Promise.all([
      this.#repeat("following and settling", () => this.settle(signal), signal),
      this.#repeat("reading batches", () => turns.other((onWork) => verifier.step(signal, onWork)), signal),
      this.#repeat("judging contributions", () => turns.other((onWork) => judging.judge(signal, onWork)), signal),
      this.#repeat("advising on contributions", () => turns.other((onWork) => judging.advise(signal, onWork)), signal),
      this.#repeat(
        "indexing ahead",
        () => turns.idle(async (ending) => (await ahead?.step(ending)) ?? false, signal),
        signal,
      ),
    ]);
  }

  /** Follows the chain to its head, then takes every transition that can be taken. @returns Whether one was. */
  async settle(signal: AbortSignal): Promise<boolean> {
    await this.follow();
    if (signal.aborted) return false;
    const { answerer, watcher, prover, demander, keeper, rounds, settler, pusher } = this.deps;
    // What has the nearest deadline first.
    let isAnyDone = false;
    for (const worker of [answerer, watcher, prover, demander, rounds, keeper, settler, pusher]) {
      if (signal.aborted) break;
      isAnyDone = ((await worker?.step(signal)) ?? false) || isAnyDone;
    }
    return isAnyDone;
  }

  async follow(): Promise<void> {
    const { source, ledger, startBlock, log } = this.deps;
    for await (const fact of followChain({ source, memory: ledger, startBlock, rangeBlocks, exactDepth })) {
      if (fact.kind === "reorganisation") {
        log.info(`Reorganisation: blocks ${fact.ancestor + 1n} to ${fact.newest} are orphaned.`);
      }
      await ledger.apply(fact);
    }
  }

  async #repeat(what: string, step: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const { clock, log, pollIntervalMs } = this.deps;
    let failures = 0;
    while (!signal.aborted) {
      let pause = pollIntervalMs;
      try {
        // A step that did something may have made the next one possible.
        if (await step()) pause = 0;
        if (failures > 0) log.info(`Again at work: ${what}.`);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        pause = Math.min(pollIntervalMs * 2 ** Math.min(failures, 6), longestPauseMs);
        if (failures === 1 || failures % 20 === 0) log.fault(`Pausing ${what}`, error);
      }
      await clock.sleep(pause, signal);
    }
  }
}
