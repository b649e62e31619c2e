import {
  contractAbis,
  creditTree,
  decodeEpochFile,
  type EpochFile,
  payoutTree,
  type query,
  readEpoch,
} from "@openledger/sdk";
import { type Abi, type ContractEventName, type GetEventArgs, type Hex, isAddressEqual, parseEventLogs } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "../trace/CheckList.js";

/** An epoch's lists, whose roots are those that its proposal left on chain. */
export type CheckedEpoch = {
  readonly file: EpochFile;
  readonly creditsRoot: Hex;
  /** Timestamp from which it may become final, as the chain says now; undefined once it is. */
  readonly finalizableAt: bigint | undefined;
};

/** `EpochState.Proposed` of the contract. */
const PROPOSED = 2;

/**
 * The lists of a proposed or final epoch. What the contract keeps of epochs before the newest is no root: that, and whether it is
 * final, stands in the events of the transactions that the index names.
 *
 * @returns Undefined where they are not to be had or not what the chain has; a check failed then.
 */
export async function checkEpoch(
  connection: Connection,
  checks: CheckList,
  epoch: query.IndexedEpoch,
): Promise<CheckedEpoch | undefined> {
  const { reader, content } = connection;
  const { number } = epoch;
  const subject = `epoch ${number}`;
  const proposal = await checks.attempt("epoch_proposed", subject, () =>
    eventOf(connection, epoch.proposedIn, "EpochProposed", number),
  );
  if (proposal === undefined) return undefined;
  checks.holds("epoch_proposed", subject, true, `${epoch.proposedIn}`);

  let finalizableAt: bigint | undefined;
  if (epoch.state === "Final") {
    const final = await checks.attempt("epoch_final", subject, () =>
      eventOf(connection, epoch.finalizedIn, "EpochFinalized", number),
    );
    if (final !== undefined) checks.equal("epoch_final", subject, final.proposal, proposal.proposal);
  } else {
    const pending = await checks.attempt("epoch_pending", subject, () => readEpoch(reader, number));
    if (pending !== undefined) {
      const isPending = pending.state === PROPOSED && pending.proposal === proposal.proposal;
      checks.holds("epoch_pending", subject, isPending, isPending ? "a proof can cancel it" : "it is so no longer");
      finalizableAt = pending.finalizableAt;
    }
  }

  const file = await checks.attempt("epoch_file", subject, async () =>
    decodeEpochFile(await content.get(proposal.dataHash)),
  );
  if (file === undefined) return undefined;
  checks.holds("epoch_file", subject, true, proposal.dataHash);
  const creditsRoot = checks.equal("credits_root", subject, proposal.creditsRoot, creditTree(file.credits).root);
  const payouts = payoutTree(reader.deployment.dataStream, file.payouts);
  const payoutsRoot = checks.equal("payouts_root", subject, proposal.payoutsRoot, payouts.root);
  return creditsRoot && payoutsRoot ? { file, creditsRoot: proposal.creditsRoot, finalizableAt } : undefined;
}

/** Whether the newest roots of an open epoch were cancelled in the transaction that the index names. */
export async function checkCancelled(
  connection: Connection,
  checks: CheckList,
  { number, cancelled }: query.IndexedEpoch,
): Promise<void> {
  if (cancelled === null) return;
  const subject = `epoch ${number}`;
  const name = cancelled.by === "Refuted" ? "EpochRefuted" : "EpochWithdrawn";
  const event = await checks.attempt("epoch_cancelled", subject, () =>
    eventOf(connection, cancelled.transaction, name, number),
  );
  if (event !== undefined) checks.holds("epoch_cancelled", subject, true, cancelled.transaction);
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
