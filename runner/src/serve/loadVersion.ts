/**
 * The records of a Datanet version: who contributed each one, under which licence.
 *
 * The files come from the content store and are believed because they hash to what is on the chain: each file's records
 * to the contribution's root, all contributions to the version's root.
 */
import {
  type ChainReader,
  contributionCommitment,
  contributionLeaf,
  datanetRegistryAbi,
  decodeContributionFile,
  domainHash,
  merkleRoot,
  readContribution,
  readVersion,
} from "@openledger/sdk";
import { type Address, type Hex, isAddressEqual } from "viem";
import { askChain } from "../chain/askChain.js";
import type { FileCache } from "./FileCache.js";
import { ModelUnusable } from "./ModelUnusable.js";

export interface RecordOrigin {
  readonly contribution: bigint;
  readonly contributor: Address;
  /** SPDX identifier. */
  readonly licence: string;
  readonly source: { readonly name: string; readonly version: string; readonly path: string };
}

export interface LoadedVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly root: Hex;
  /** `[records]`, in the version's order. */
  readonly origins: readonly RecordOrigin[];
}

/** @throws RunnerError `chain_unavailable`; ContentUnavailableError; ModelUnusable when a root is not the chain's */
export async function loadVersion(
  reader: ChainReader,
  files: FileCache,
  datanet: bigint,
  version: number,
): Promise<LoadedVersion> {
  const { root, contributions } = await readContributions(reader, datanet, version);
  const origins: RecordOrigin[] = [];
  for (const contribution of contributions) {
    const file = decodeContributionFile(await files.get(contribution.dataHash));
    const committed = contributionCommitment(file);
    if (
      committed.recordsRoot !== contribution.recordsRoot ||
      committed.recordCount !== contribution.recordCount ||
      committed.licence !== contribution.licence ||
      !isAddressEqual(file.contributor, contribution.contributor)
    ) {
      throw new ModelUnusable(
        `Contribution ${contribution.id} of Datanet ${datanet} has root ${contribution.recordsRoot} of ` +
          `${contribution.recordCount} records on the chain; its file ${contribution.dataHash} has ` +
          `${committed.recordsRoot} of ${committed.recordCount}.`,
      );
    }
    for (const { path } of file.records) {
      origins.push({
        contribution: contribution.id,
        contributor: contribution.contributor,
        licence: file.licence,
        source: { ...file.source, path },
      });
    }
  }
  return { datanet, version, root, origins };
}

async function readContributions(reader: ChainReader, datanet: bigint, version: number) {
  return askChain(`the contributions of Datanet ${datanet}`, async () => {
    const frozen = await readVersion(reader, datanet, version);
    const accepted = await reader.publicClient.getContractEvents({
      address: reader.deployment.addresses.datanetRegistry,
      abi: datanetRegistryAbi,
      eventName: "ContributionAccepted",
      args: { datanet },
      fromBlock: BigInt(reader.deployment.startBlock),
      strict: true,
    });
    const ids = accepted
      .map(({ args }) => ({ id: args.contribution, position: args.position }))
      .filter(({ position }) => position < frozen.contributionCount)
      .sort((a, b) => (a.position < b.position ? -1 : 1));
    const contributions = await Promise.all(
      ids.map(async ({ id }) => ({ id, ...(await readContribution(reader, id)) })),
    );
    const root = merkleRoot(
      domainHash("Contribution"),
      contributions.map(({ id, ...rest }) => contributionLeaf({ contribution: id, ...rest })),
    );
    if (root !== frozen.root) {
      throw new ModelUnusable(
        `Version ${version} of Datanet ${datanet} has root ${frozen.root}; its ${contributions.length} accepted ` +
          `contributions give ${root}.`,
      );
    }
    return { root, contributions };
  });
}
