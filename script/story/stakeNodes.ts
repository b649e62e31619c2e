import {
  approveToken,
  type ChainClient,
  isActive,
  parseOpen,
  type RoleName,
  readTokenBalance,
  setEndpoint,
  stake,
  transferToken,
} from "@openledger/sdk";
import { addressOf, type StoryContext } from "./StoryContext.js";

const STAKE = parseOpen("20000");
const PURSE = parseOpen("50000");
const PAYER_PURSE = parseOpen("1000");

/** Hands out OPEN to the cast and stakes the runner and the oracle. Does nothing to those who have what they need. */
export async function stakeNodes(story: StoryContext): Promise<void> {
  await Promise.all([
    stakeNode(story, story.runner, "Runner", story.network.runnerUrl),
    stakeNode(story, story.oracle, "Oracle", story.network.oracleUrl),
    ...story.payers.map((payer) => endow(story, payer, PAYER_PURSE)),
  ]);
}

async function stakeNode(story: StoryContext, node: ChainClient, role: RoleName, endpoint: string): Promise<void> {
  if (await isActive(story.reader, addressOf(node), role)) return;
  await endow(story, node, PURSE);
  await approveToken(node, { spender: story.network.deployment.addresses.stakingManager, amount: STAKE });
  await stake(node, { role, amount: STAKE });
  await setEndpoint(node, { role, endpoint });
}

/** Sends OPEN to an account that never sent a transaction: who did was endowed before. */
async function endow(story: StoryContext, to: ChainClient, amount: bigint): Promise<void> {
  if ((await story.reader.publicClient.getTransactionCount({ address: addressOf(to) })) > 0) return;
  if ((await readTokenBalance(story.reader, addressOf(to))) < amount)
    await transferToken(story.deployer, { to: addressOf(to), amount });
}
