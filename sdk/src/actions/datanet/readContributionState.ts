import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

const STATES = ["None", "Committed", "InRound", "Referred", "Accepted", "Rejected", "Withdrawn", "Revoked"] as const;

/** Where a contribution stands, as the contract's enum names it. */
export type ContributionState = (typeof STATES)[number];

/** Where a contribution stands now. */
export async function readContributionState(reader: ChainReader, contribution: bigint): Promise<ContributionState> {
  const state = await reader.publicClient.readContract({
    address: reader.deployment.addresses.contributionRegistry,
    abi: contractAbis.contributionRegistry,
    functionName: "stateOf",
    args: [contribution],
  });
  return STATES[state]!;
}
