import { ALL_RECORDS, type Revocation } from "../../hash/revocations.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** The first `count` revocations of a Datanet, in their order. */
export async function readRevocations(reader: ChainReader, datanet: bigint, count: bigint): Promise<Revocation[]> {
  if (count === 0n) return [];
  const filter = {
    address: reader.deployment.addresses.contributionRegistry,
    abi: contractAbis.contributionRegistry,
    args: { datanet },
    fromBlock: BigInt(reader.deployment.startBlock),
    strict: true,
  } as const;
  const [whole, single] = await Promise.all([
    reader.publicClient.getContractEvents({ ...filter, eventName: "ContributionRevoked" }),
    reader.publicClient.getContractEvents({ ...filter, eventName: "RecordRevoked" }),
  ]);
  return [...whole.map(({ args }) => ({ ...args, index: ALL_RECORDS })), ...single.map(({ args }) => args)]
    .filter(({ revocationCountAfter }) => revocationCountAfter <= count)
    .sort((a, b) => (a.revocationCountAfter < b.revocationCountAfter ? -1 : 1))
    .map(({ contribution, index }) => ({ contribution, index }));
}
