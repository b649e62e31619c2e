/** Brings disputes that this oracle filed to their end: its bond comes back, and the verdict is carried out. */
import { type Deployment, disputeKindNumber, disputeManagerAbi, juryAbi } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { CourtFacts, OpenDispute } from "../store/CourtFacts.js";
import type { Outbox } from "./Outbox.js";

export interface DisputeKeeperDeps {
  readonly deployment: Pick<Deployment, "addresses">;
  readonly courtFacts: Pick<CourtFacts, "unenforcedDisputes">;
  readonly chain: Pick<ProtocolReader, "now" | "appealPeriod">;
  readonly outbox: Pick<Outbox, "submit" | "account">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Pause before what a contract refused is tried again. */
const againMs = 60_000;

export class DisputeKeeper {
  readonly #againAt = new Map<bigint, number>();

  constructor(private readonly deps: DisputeKeeperDeps) {}

  /** @returns Whether something was done. @throws OracleError `chain_unavailable`, `database_unavailable` */
  async step(signal: AbortSignal): Promise<boolean> {
    const { courtFacts, chain, outbox, clock } = this.deps;
    const open = await courtFacts.unenforcedDisputes(outbox.account);
    if (open.length === 0) return false;
    const now = await chain.now();
    const appealPeriod = await chain.appealPeriod();
    for (const dispute of open) {
      const end = dispute.appealedUntil ?? dispute.revealsUntil + appealPeriod;
      if (signal.aborted) return false;
      if (now < end || clock.now().getTime() < (this.#againAt.get(dispute.dispute) ?? 0)) continue;
      if (dispute.isFinished && !hasPenalty(dispute)) continue;
      if (await this.#send(dispute, signal)) return true;
    }
    return false;
  }

  async #send({ dispute, isFinished }: OpenDispute, signal: AbortSignal): Promise<boolean> {
    const { deployment, outbox, clock, log } = this.deps;
    const { jury, disputeManager } = deployment.addresses;
    const outcome = await outbox.submit(
      isFinished
        ? {
            purpose: `enforce the verdict of dispute ${dispute}`,
            address: disputeManager,
            abi: disputeManagerAbi,
            functionName: "enforce",
            args: [dispute],
          }
        : {
            purpose: `finish dispute ${dispute}`,
            address: jury,
            abi: juryAbi,
            functionName: "finish",
            args: [dispute],
          },
      signal,
    );
    if (outcome.kind === "refused") {
      this.#againAt.set(dispute, clock.now().getTime() + againMs);
      log.info(`The end of dispute ${dispute} was not taken: ${outcome.error}.`);
    }
    return outcome.kind === "done";
  }
}

/** Revocations show the contribution: who disputed one by hand enforces it by hand. */
function hasPenalty({ kind }: OpenDispute): boolean {
  return kind !== disputeKindNumber("licence") && kind !== disputeKindNumber("data");
}
