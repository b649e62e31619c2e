import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { contributionOf } from "./contributionOf.js";

/** The first `count` contributions that a Datanet accepted, in that order: those of a version of so many. */
export async function readAcceptedContributions(
  reader: ChainReader,
  datanet: bigint,
  count: bigint,
): Promise<Contribution[]> {
  const filter = {
    address: reader.deployment.addresses.contributionRegistry,
    abi: contractAbis.contributionRegistry,
    args: { datanet },
    fromBlock: BigInt(reader.deployment.startBlock),
    strict: true,
  } as const;
  const [committed, accepted] = await Promise.all([
    reader.publicClient.getContractEvents({ ...filter, eventName: "ContributionCommitted" }),
    reader.publicClient.getContractEvents({ ...filter, eventName: "ContributionAccepted" }),
  ]);
  const known = new Map(committed.map(({ args }) => [args.contribution, contributionOf(args)]));
  return accepted
    .map(({ args }) => args)
    .filter(({ position }) => position < count)
    .sort((a, b) => (a.position < b.position ? -1 : 1))
    .map(({ contribution }) => known.get(contribution)!);
}
