/** Pays a final epoch's earnings out in ranges, so that nobody has to claim: a keeper's work, at the keeper's cost. */
import { type Deployment, MAXIMUM_RANGE, rangeClaim, rewardDistributorAbi } from "@openledger/sdk";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { ChainFacts } from "../store/ChainFacts.js";
import type { EpochFiles } from "./EpochFiles.js";
import type { Outbox } from "./Outbox.js";

export interface ClaimPusherDeps {
  readonly deployment: Deployment;
  readonly chain: ProtocolReader;
  readonly facts: ChainFacts;
  readonly files: EpochFiles;
  readonly outbox: Outbox;
  /** The least that a range must pay, base units: less is left until more has come together. */
  readonly least: bigint;
}

export class ClaimPusher {
  /** The epoch that is pushed, and how far it was looked through. */
  #epoch = 0n;
  #next = 0;

  constructor(private readonly deps: ClaimPusherDeps) {}

  /** Pushes the next range that pays enough. @returns Whether one was paid. @throws OracleError */
  async step(signal: AbortSignal): Promise<boolean> {
    const { facts, files, chain, outbox, deployment, least } = this.deps;
    const final = await facts.newestFinal();
    if (final === undefined) return false;
    if (final.epoch !== this.#epoch) [this.#epoch, this.#next] = [final.epoch, 0];
    const lists = await files.of(final, signal);
    while (this.#next < lists.payouts.length) {
      const length = Math.min(MAXIMUM_RANGE, lists.payouts.length - this.#next);
      const { stream, root, firstIndex, count, leaves, siblings } = rangeClaim(lists, this.#next, length);
      const call = {
        purpose: `push ${length} claims of epoch ${final.epoch} from ${firstIndex} on: pay-outs ${root}`,
        address: deployment.addresses.rewardDistributor,
        abi: rewardDistributorAbi,
        functionName: "claimRange",
        args: [stream, root, firstIndex, count, leaves, siblings],
      } as const;
      if ((await chain.rangeAmount(outbox.account, call.args)) < least) {
        this.#next += length;
        continue;
      }
      const outcome = await outbox.submit(call, signal);
      if (outcome.kind === "pending") return false;
      this.#next += length;
      return outcome.kind === "done";
    }
    return false;
  }
}
