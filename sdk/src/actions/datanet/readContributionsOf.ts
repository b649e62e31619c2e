import type { Address } from "viem";
import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { contributionOf } from "./contributionOf.js";

/** All contributions of an account, to any Datanet, in the order in which they were committed. */
export async function readContributionsOf(reader: ChainReader, contributor: Address): Promise<Contribution[]> {
  const logs = await reader.publicClient.getContractEvents({
    address: reader.deployment.addresses.contributionRegistry,
    abi: contractAbis.contributionRegistry,
    eventName: "ContributionCommitted",
    args: { contributor },
    fromBlock: BigInt(reader.deployment.startBlock),
    strict: true,
  });
  return logs.map(({ args }) => contributionOf(args));
}
