import { isActive, query, readFree, readPool, readTokenBalance } from "@openledger/sdk";
import type { Address } from "viem";
import type { Connection } from "../connect.js";

/** What an account has in the protocol, base units. */
export type Balances = {
  readonly account: Address;
  readonly wallet: bigint;
  /** Free in the market, and left in its channels. */
  readonly free: bigint;
  readonly channels: bigint;
  readonly stakes: readonly { readonly role: "Runner" | "Oracle"; readonly tokens: bigint; readonly active: boolean }[];
  /** Paid to it by rewards so far. */
  readonly claimed: bigint;
};

export async function readBalances({ reader, graph }: Connection, account: Address): Promise<Balances> {
  const [wallet, free, channels, contributors, ...stakes] = await Promise.all([
    readTokenBalance(reader, account),
    readFree(reader, account),
    query.channels(graph, { payer: account }),
    query.contributors(graph),
    ...(["Runner", "Oracle"] as const).map(async (role) => {
      const [pool, active] = await Promise.all([readPool(reader, account, role), isActive(reader, account, role)]);
      return { role, tokens: pool.tokens, active };
    }),
  ]);
  return {
    account,
    wallet,
    free,
    channels: channels.reduce((sum, { balance, claimed }) => sum + balance - claimed, 0n),
    stakes: stakes.filter(({ tokens }) => tokens > 0n),
    claimed: contributors.find((one) => one.account === account)?.claimed ?? 0n,
  };
}
