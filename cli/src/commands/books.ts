import { query } from "@openledger/sdk";
import type { Connection } from "../connect.js";

/** The protocol's books from the index, and whether they balance to the last unit. */
export type Books = {
  readonly totals: query.ProtocolTotals;
  /** `deposited + refunded = withdrawn + free + inChannels + settled`. */
  readonly depositsBalance: boolean;
  /** The five parts add up to what was settled. */
  readonly partsBalance: boolean;
};

export async function readBooks({ graph }: Connection): Promise<Books> {
  const totals = await query.protocolTotals(graph);
  const { deposited, refunded, withdrawn, free, inChannels, settled } = totals;
  const { governedPart, stakersPart, modelPart, dataPart, runnerPart } = totals;
  return {
    totals,
    depositsBalance: deposited + refunded === withdrawn + free + inChannels + settled,
    partsBalance: settled === governedPart + stakersPart + modelPart + dataPart + runnerPart,
  };
}
