import {
  type EpochFile,
  isPoolAccount,
  query,
  readChannel,
  readClaimed,
  readDataPart,
  readDues,
  readFree,
  readStream,
  readTokenBalance,
} from "@openledger/sdk";
import { addressOf, type StoryContext } from "./StoryContext.js";

/** Where every unit of the payers' money is; base units. */
export interface Books {
  readonly deposits: bigint;
  /** Free balances of payers. */
  readonly balances: bigint;
  /** What channels still hold. */
  readonly channels: bigint;
  readonly protocol: bigint;
  readonly security: bigint;
  readonly stakers: bigint;
  readonly model: bigint;
  readonly data: bigint;
  readonly runner: bigint;
  /** Of the data part: what contributors were paid. */
  readonly claimed: bigint;
  /** Of the data part: what belongs to Datanets' pools. */
  readonly pool: bigint;
  /** Of the data part: what contributors may claim, and what no final epoch has handed out yet. */
  readonly unclaimed: bigint;
}

/** Two sums that must be one and are not. */
export class BooksDoNotBalanceError extends Error {
  readonly code = "books_do_not_balance";
  readonly retryable = false;
  constructor(what: string, left: bigint, right: bigint) {
    super(`The books do not balance: ${what}: ${left} against ${right}, off by ${left - right} base units.`);
    this.name = "BooksDoNotBalanceError";
  }
}

/**
 * Draws the books up from the chain, and holds them against the contracts' own balances and the index, to the wei.
 *
 * @param file Leaf data of the newest final epoch; null before the first.
 * @throws BooksDoNotBalanceError
 */
export async function balanceBooks(story: StoryContext, file: EpochFile | null): Promise<Books> {
  await story.indexCaughtUp();
  const { reader } = story;
  const { addresses, dataStream } = reader.deployment;
  const totals = await query.protocolTotals(story.graph);
  const models = (await query.models(story.graph)).map(({ number }) => number);
  const channelIds = (await query.channels(story.graph)).map(({ channel }) => channel);

  const [frees, channels, dues, stream, dataPart, marketHolds, distributorHolds] = await Promise.all([
    Promise.all(story.payers.map((payer) => readFree(reader, addressOf(payer)))),
    Promise.all(channelIds.map((channel) => readChannel(reader, channel))),
    readDues(reader, addressOf(story.runner), models),
    readStream(reader, dataStream),
    readDataPart(reader),
    readTokenBalance(reader, addresses.inferenceMarket),
    readTokenBalance(reader, addresses.rewardDistributor),
  ]);
  const balances = sum(frees);
  const inChannels = sum(channels.map(({ balance, claimed }) => balance - claimed));

  const pool = sum(
    (file?.payouts ?? []).filter(({ account }) => isPoolAccount(account)).map((leaf) => leaf.cumulative),
  );
  const earners = (file?.payouts ?? []).filter(({ account }) => !isPoolAccount(account));
  const paid = await Promise.all(earners.map(({ account }) => readClaimed(reader, dataStream, account)));
  const claimed = sum(paid);
  const claimable = sum(earners.map(({ cumulative }, i) => cumulative - paid[i]!));

  const books: Books = {
    deposits: totals.deposited - totals.withdrawn,
    balances,
    channels: inChannels,
    protocol: totals.protocolPart,
    security: totals.securityPart,
    stakers: totals.stakersPart,
    model: totals.modelPart,
    data: dataPart,
    runner: totals.runnerPart,
    claimed,
    pool,
    unclaimed: claimable + (dataPart - stream.allocated),
  };
  const parts = books.protocol + books.security + books.stakers + books.model + books.data + books.runner;
  // An epoch's opening moves the data parts into the stream.
  const dataDue = dataPart - stream.funded;
  const due = dues.protocol + dues.security + dues.stakers + dues.models + dues.runner;

  same("deposits = balances + channels + every part", books.deposits, balances + inChannels + parts);
  same("data part = claimed + pool + unclaimed", books.data, claimed + pool + books.unclaimed);
  same("what the market holds = balances + channels + dues", marketHolds, balances + inChannels + due + dataDue);
  same("what the distributor holds = funded - claimed", distributorHolds, stream.funded - stream.claimed);
  same("index: free balances", totals.free, balances);
  same("index: channels", totals.inChannels, inChannels);
  same("index: settled = parts", totals.settled, parts);
  same("index: data part", totals.dataPart, dataPart);
  same("index: parts but data = dues + collected", totals.settled - totals.dataPart, due + totals.collected);
  same("index: claimed", totals.claimed, stream.claimed);
  return books;
}

function same(what: string, left: bigint, right: bigint): void {
  if (left !== right) throw new BooksDoNotBalanceError(what, left, right);
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
