import { contractAbis, creditTree, decodeEpochFile, type EpochFile, payoutTree, type query } from "@openledger/sdk";
import { type Abi, type ContractEventName, type GetEventArgs, type Hex, isAddressEqual, parseEventLogs } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "../trace/CheckList.js";
import { EPOCH_STATES, type EpochOnChain, type Progress } from "./readProgress.js";

/** An epoch's lists, whose roots are those that its proposal left on chain. */
export type CheckedEpoch = {
  readonly file: EpochFile;
  readonly creditsRoot: Hex;
  readonly transactions: {
    readonly proposed: Hex | undefined;
    /** Undefined too where the index names none that made this proposal final; a check failed then. */
    readonly finalized: Hex | undefined;
  };
};

/** Whether the index says of an epoch's range and state what the chain does. */
export function checkIndexed(
  checks: CheckList,
  { number, firstBatch, lastBatch, state }: query.IndexedEpoch,
  onChain: EpochOnChain,
): void {
  const subject = `epoch ${number}`;
  const range = `batches ${onChain.firstBatch} to ${onChain.lastBatch}`;
  checks.equal("epoch_range", subject, range, `batches ${firstBatch} to ${lastBatch}`);
  checks.equal("epoch_state", subject, `${EPOCH_STATES[onChain.state]}`, state);
}

/**
 * The lists of a proposed or final epoch. What the contract keeps of epochs before the newest is no root: that stands in the
 * events of the transactions that the index names.
 *
 * @returns Undefined where they are not to be had or not what the chain has; a check failed then.
 */
export async function checkEpoch(
  connection: Connection,
  checks: CheckList,
  epoch: query.IndexedEpoch,
  onChain: EpochOnChain,
): Promise<CheckedEpoch | undefined> {
  const { reader, content } = connection;
  const { number } = epoch;
  const subject = `epoch ${number}`;
  const proposal = await checks.attempt("epoch_proposed", subject, () =>
    eventOf(connection, epoch.proposedIn, "EpochProposed", number),
  );
  if (proposal === undefined) return undefined;
  checks.holds("epoch_proposed", subject, true, `${epoch.proposedIn}`);

  let finalized: Hex | undefined;
  if (EPOCH_STATES[onChain.state] === "Final") {
    const final = await checks.attempt("epoch_final", subject, () =>
      eventOf(connection, epoch.finalizedIn, "EpochFinalized", number),
    );
    if (final !== undefined && checks.equal("epoch_final", subject, final.proposal, proposal.proposal)) {
      finalized = epoch.finalizedIn ?? undefined;
    }
  } else {
    checks.equal("epoch_pending", subject, onChain.proposal, proposal.proposal);
  }

  const file = await checks.attempt("epoch_file", subject, async () =>
    decodeEpochFile(await content.get(proposal.dataHash)),
  );
  if (file === undefined) return undefined;
  checks.holds("epoch_file", subject, true, proposal.dataHash);
  const creditsRoot = checks.equal("credits_root", subject, proposal.creditsRoot, creditTree(file.credits).root);
  const payouts = payoutTree(reader.deployment.dataStream, file.payouts);
  const payoutsRoot = checks.equal("payouts_root", subject, proposal.payoutsRoot, payouts.root);
  if (!creditsRoot || !payoutsRoot) return undefined;
  return {
    file,
    creditsRoot: proposal.creditsRoot,
    transactions: { proposed: epoch.proposedIn ?? undefined, finalized },
  };
}

/**
 * The transaction that cancelled the newest roots of an open epoch; undefined where none were proposed, and where a check failed.
 */
export async function checkCancelled(
  connection: Connection,
  checks: CheckList,
  { number, cancelled }: query.IndexedEpoch,
  { newest, proposals }: Progress,
): Promise<Hex | undefined> {
  const subject = `epoch ${number}`;
  if (!wasProposed(newest)) {
    if (cancelled !== null) checks.holds("epoch_cancelled", subject, false, "no root of it was ever proposed");
    return undefined;
  }
  const name = cancelled?.by === "Withdrawn" ? "EpochWithdrawn" : "EpochRefuted";
  const event = await checks.attempt("epoch_cancelled", subject, () =>
    eventOf(connection, cancelled?.transaction ?? null, name, number),
  );
  if (event === undefined || !checks.equal("epoch_cancelled", subject, proposals, event.proposal)) return undefined;
  return cancelled?.transaction;
}

/** Whether an epoch ever had roots: of an open one, whether they were cancelled. */
export function wasProposed({ asOf }: EpochOnChain): boolean {
  return asOf !== 0n;
}

type OracleAbi = typeof contractAbis.attributionOracle;
type EventArgs<E extends ContractEventName<OracleAbi>> = Required<
  GetEventArgs<OracleAbi, E, { EnableUnion: false; IndexedOnly: false; Required: true }>
>;

/** What the oracle contract said last of an epoch in a transaction. @throws Error when it said nothing of the kind there */
async function eventOf<const E extends ContractEventName<OracleAbi>>(
  { reader }: Connection,
  hash: Hex | null,
  eventName: E,
  epoch: bigint,
): Promise<EventArgs<E>> {
  const { publicClient, deployment } = reader;
  if (hash === null) throw new Error(`The index names no transaction of an ${eventName}.`);
  const { logs } = await publicClient.getTransactionReceipt({ hash });
  const events = parseEventLogs({
    abi: contractAbis.attributionOracle as Abi,
    eventName: eventName as string,
    logs: logs.filter(({ address }) => isAddressEqual(address, deployment.addresses.attributionOracle)),
  });
  const found = events.findLast(({ args }) => (args as { readonly epoch?: bigint }).epoch === epoch);
  if (found === undefined) throw new Error(`Transaction ${hash} left no ${eventName} of epoch ${epoch}.`);
  return found.args as never;
}
