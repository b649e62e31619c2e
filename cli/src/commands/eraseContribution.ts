import {
  type ChainClient,
  type Contribution,
  eraseRecordsTypedData,
  InvalidValueError,
  OpenLedgerError,
  readContributionState,
  readContributions,
  withdrawContribution,
} from "@openledger/sdk";
import { type Hex, isAddressEqual } from "viem";
import type { Connection } from "../connect.js";

/** How long the order may be passed on to other stores: as long as any takes it. */
const ORDER_SECONDS = 86_400n;
/** A clock that runs ahead of the store's would make an order that ends too late for it. */
const CLOCK_SECONDS = 600n;

export type Erased = {
  readonly contribution: bigint;
  /** Places in the contribution; empty for all. */
  readonly records: readonly number[];
  readonly content: Hex;
  /** What stands for the file in the store now. */
  readonly replacement: Hex | undefined;
  /** Undefined where it was withdrawn before, or need not be. */
  readonly withdrawn: Hex | undefined;
};

export type EraseOptions = {
  /** Places in the contribution; none for all. */
  readonly records: readonly number[];
  /** Takes it from all later versions first; it cannot be brought back. */
  readonly withdraws: boolean;
};

/**
 * Has a content store erase a contribution's records. The order is signed by whoever sends transactions: the contributor, or one
 * that the store's operator lets erase.
 *
 * @throws InvalidValueError, ContractRefusedError; OpenLedgerError with the store's code, or `not_withdrawn`, `in_round` before it is asked, `not_erased` where it
 * was withdrawn in vain
 */
export async function eraseContribution(
  connection: Connection,
  client: ChainClient,
  number: bigint,
  { records, withdraws }: EraseOptions,
): Promise<Erased> {
  const [contribution] = await readContributions(connection.reader, [number]);
  const { recordCount, dataHash: content, contributor } = contribution!;
  const wrong = records.find((place) => place >= recordCount);
  if (wrong !== undefined) throw new InvalidValueError("--records", `places from 0 to ${recordCount - 1}`, wrong);
  if (withdraws && records.length > 0) {
    throw new InvalidValueError("--withdraw", "all records: a contribution is withdrawn whole", records);
  }
  const deadline = BigInt(Math.floor(Date.now() / 1000)) + ORDER_SECONDS - CLOCK_SECONDS;
  const order = { content, contribution: number, records, deadline };
  const signature = await client.walletClient.signTypedData(eraseRecordsTypedData(connection.domain, order));
  const erase = () => connection.content.erase({ type: "EraseRecords", order, signature });

  const state = await readContributionState(connection.reader, number);
  const ends = state === "Committed" || state === "Referred" || state === "Accepted";
  if (state === "InRound" && isAddressEqual(client.account.address, contributor)) {
    throw new OpenLedgerError(
      `Contribution ${number} is being scored by validators: it can be withdrawn once their round is over.`,
      { code: "in_round", retryable: true },
    );
  }
  if (records.length === 0 && ends && !withdraws && isAddressEqual(client.account.address, contributor)) {
    throw new OpenLedgerError(
      `Contribution ${number} is ${state}: later versions would hold records that nobody has. Add --withdraw to take it ` +
        "from them first; that is for good.",
      { code: "not_withdrawn", retryable: false },
    );
  }
  const withdrawn = withdraws && ends ? await withdrawFor(erase, client, contribution!) : undefined;
  try {
    const { replacement } = await erase();
    return { contribution: number, records, content, replacement, withdrawn };
  } catch (error) {
    if (withdrawn === undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new OpenLedgerError(
      `Contribution ${number} was withdrawn in ${withdrawn}, but not erased: ${why} Ask again without --withdraw.`,
      { code: "not_erased", retryable: true, cause: error },
    );
  }
}

/** Withdraws what the store refuses to erase for that alone: a store that erases nothing is not withdrawn for. */
async function withdrawFor(
  erase: () => Promise<unknown>,
  client: ChainClient,
  contribution: Contribution,
): Promise<Hex> {
  await erase().catch((error: unknown) => {
    if (!(error instanceof OpenLedgerError) || error.code !== "not_allowed") throw error;
  });
  return (await withdrawContribution(client, contribution)).hash;
}
