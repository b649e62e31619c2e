import { InvalidValueError } from "../../errors/InvalidValueError.js";
import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { contributionOf } from "./contributionOf.js";

/**
 * Contributions by their numbers, in the order asked for, from the events that committed them.
 *
 * @throws InvalidValueError where there is no such contribution
 */
export async function readContributions(reader: ChainReader, numbers: readonly bigint[]): Promise<Contribution[]> {
  if (numbers.length === 0) return [];
  const logs = await reader.publicClient.getContractEvents({
    address: reader.deployment.addresses.contributionRegistry,
    abi: contractAbis.contributionRegistry,
    eventName: "ContributionCommitted",
    args: { contribution: [...numbers] },
    fromBlock: BigInt(reader.deployment.startBlock),
    strict: true,
  });
  const found = new Map(logs.map(({ args }) => [args.contribution, contributionOf(args)]));
  return numbers.map((number) => {
    const contribution = found.get(number);
    if (contribution === undefined) throw new InvalidValueError("contribution", "the number of one", `${number}`);
    return contribution;
  });
}
