import { claim, decodeEpochFile, type EpochFile, payoutClaim, query, readClaimed } from "@openledger/sdk";
import type { Address } from "viem";
import { addressOf, type StoryContext } from "./StoryContext.js";
import { StoryStuckError, until } from "./until.js";

/** Waits until everything that runners have earned by `settled` base units is settled. */
export async function untilSettled(story: StoryContext, settled: bigint): Promise<void> {
  await until(story, `settlement of ${settled} base units`, async () => {
    const totals = await query.protocolTotals(story.graph);
    return totals.settled >= settled;
  });
}

/** Waits until final epochs have handed out every data part; answers the newest epoch's file. */
export async function untilAllocated(story: StoryContext): Promise<EpochFile> {
  await until(story, "final epochs over everything that was settled", async () => {
    const { dataPart, allocated } = await query.protocolTotals(story.graph);
    return dataPart > 0n && allocated === dataPart;
  });
  return newestEpochFile(story);
}

/** The leaf data of the newest final epoch, from the content store. */
export async function newestEpochFile(story: StoryContext): Promise<EpochFile> {
  const final = (await query.epochs(story.graph)).filter(({ state }) => state === "Final").at(-1);
  if (final?.dataHash == null) throw new StoryStuckError("the newest final epoch", "no final epoch");
  return decodeEpochFile(await story.content.get(final.dataHash));
}

/** Every contributor claims what it earned and was not paid yet. @returns What each was paid now, base units. */
export async function claimAll(story: StoryContext, file: EpochFile, accounts: readonly Address[]): Promise<bigint[]> {
  return Promise.all(
    accounts.map(async (account, i) => {
      const leaf = payoutClaim(file, account);
      if (leaf === undefined) return 0n;
      const paid = await readClaimed(story.reader, file.stream, account);
      if (leaf.cumulative <= paid) return 0n;
      const { event } = await claim(story.contributor(i), leaf);
      return event.amount;
    }),
  );
}

export function addressesOf(clients: readonly { readonly client: Parameters<typeof addressOf>[0] }[]): Address[] {
  return clients.map(({ client }) => addressOf(client));
}
