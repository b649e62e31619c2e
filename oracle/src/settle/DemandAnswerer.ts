/** Answers demands of leaves while a proposal is pending: its own, and others' whose lists it has, for their deposits. */
import { attributionOracleAbi, type Deployment, leafReveal } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { ChainFacts } from "../store/ChainFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import type { EpochFiles } from "./EpochFiles.js";
import type { Outbox } from "./Outbox.js";

export interface DemandAnswererDeps {
  readonly deployment: Deployment;
  readonly chain: ProtocolReader;
  readonly facts: ChainFacts;
  readonly epochs: EpochLedger;
  readonly files: EpochFiles;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
}

export class DemandAnswerer {
  constructor(private readonly deps: DemandAnswererDeps) {}

  /** Answers the demand that expires first. @returns Whether it was answered. @throws OracleError */
  async step(signal: AbortSignal): Promise<boolean> {
    const { facts, chain, outbox, deployment, log } = this.deps;
    const epoch = await facts.newestEpoch();
    const proposal = epoch?.proposal;
    if (epoch?.stage !== "proposed" || proposal === undefined) return false;
    const now = await chain.now();
    const open = await facts.openDemands(proposal.proposal);
    const demand = open.find(({ deadline, demander }) => deadline > now && demander !== outbox.account.toLowerCase());
    if (demand === undefined) return false;

    const { tree, index } = demand;
    try {
      const reveal = leafReveal(await this.deps.files.of(epoch, signal), demand);
      const outcome = await outbox.submit(
        {
          purpose: `answer the demand of ${tree} ${index} of proposal ${demand.proposal}`,
          address: deployment.addresses.attributionOracle,
          abi: attributionOracleAbi,
          functionName: reveal.name,
          args: reveal.args,
        },
        signal,
      );
      if (outcome.kind === "refused") log.info(`The answer to ${tree} ${index} was not taken: ${outcome.error}.`);
      return outcome.kind === "done";
    } catch (error) {
      if (signal.aborted || isTransient(error)) throw error;
      await this.#sayUnanswered(demand.proposal, error);
      return false;
    }
  }

  async #sayUnanswered(proposal: bigint, error: unknown): Promise<void> {
    const { epochs, clock, log } = this.deps;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Demands of proposal ${proposal} cannot be answered here, its lists are not known: ${reason}`;
    if (await epochs.find(`proposal ${proposal}`, "unanswered", message, clock.now())) log.info(message);
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof OracleError && (error.code === "chain_unavailable" || error.code === "database_unavailable");
}
