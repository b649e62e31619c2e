import {
  type ChainReader,
  datanetRegistryAbi,
  readAcceptedContributions,
  readDatanet,
  readRevocations,
  readVersion,
} from "@openledger/sdk";
import type { ErasedPlaces } from "./ErasedPlaces.js";
import type { EraseRequest, VersionPlaces } from "./eraseFromIndexes.js";
import type { IndexCommitment } from "./IndexCommitment.js";

/** What the chain says of a Datanet's indexes, and of all others that may list the same files. */
export async function readEraseRequest(
  reader: ChainReader,
  places: Pick<ErasedPlaces, "inVersion">,
  datanet: bigint,
): Promise<EraseRequest> {
  const commitments = await readIndexCommitments(reader);
  const numbers = new Set(commitments.filter((one) => one.datanet === datanet).map(({ version }) => version));
  const versions = new Map<number, VersionPlaces>();
  if (numbers.size === 0) return { datanet, commitments, versions };

  // every version has the first so many of the last one's
  const { versionCount } = await readDatanet(reader, datanet);
  const last = await readVersion(reader, datanet, versionCount);
  const contributions = await readAcceptedContributions(reader, datanet, last.contributionCount);
  const revocations = await readRevocations(reader, datanet, last.revocationCount);
  for (const number of numbers) {
    const { contributionCount, revocationCount } = await readVersion(reader, datanet, number);
    const of = await places.inVersion(
      contributions.slice(0, Number(contributionCount)),
      revocations.slice(0, Number(revocationCount)),
    );
    versions.set(number, of);
  }
  return { datanet, commitments, versions };
}

/** All of the deployment, in the chain's order. */
async function readIndexCommitments({ deployment, publicClient }: ChainReader): Promise<IndexCommitment[]> {
  const logs = await publicClient.getContractEvents({
    address: deployment.addresses.datanetRegistry,
    abi: datanetRegistryAbi,
    eventName: "IndexCommitted",
    fromBlock: BigInt(deployment.startBlock),
    strict: true,
  });
  return logs.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex).map(({ args }) => args);
}
