import { isActive, query, type RoleName, readFree, readPool, readTokenBalance } from "@openledger/sdk";
import type { Address } from "viem";
import type { Connection } from "../connect.js";

/** What an account has in the protocol, base units. */
export type Balances = {
  readonly account: Address;
  readonly wallet: bigint;
  /** Free in the market, and left in its channels. */
  readonly free: bigint;
  readonly channels: bigint;
  /** Own stake by role, without what others delegated to it. */
  readonly stakes: readonly { readonly role: RoleName; readonly tokens: bigint; readonly active: boolean }[];
  /** What its shares of others' pools are worth. */
  readonly delegations: readonly { readonly operator: Address; readonly role: string; readonly tokens: bigint }[];
  /** Paid to it by rewards so far. */
  readonly claimed: bigint;
};

const ROLES = ["Runner", "Oracle", "Validator", "Model", "Agent"] as const satisfies readonly RoleName[];

export async function readBalances({ reader, graph }: Connection, account: Address): Promise<Balances> {
  const [wallet, free, channels, contributor, delegations, ...stakes] = await Promise.all([
    readTokenBalance(reader, account),
    readFree(reader, account),
    query.channels(graph, { payer: account }),
    query.contributor(graph, account),
    query.delegations(graph, account),
    ...ROLES.map(async (role) => {
      const [pool, active] = await Promise.all([readPool(reader, account, role), isActive(reader, account, role)]);
      return { role, tokens: pool.own, active };
    }),
  ]);
  return {
    account,
    wallet,
    free,
    channels: channels.reduce((sum, { balance, claimed }) => sum + balance - claimed, 0n),
    stakes: stakes.filter(({ tokens }) => tokens > 0n),
    delegations: delegations
      .filter(({ tokens }) => tokens > 0n)
      .map(({ operator, role, tokens }) => ({ operator, role, tokens })),
    claimed: contributor?.claimed ?? 0n,
  };
}
