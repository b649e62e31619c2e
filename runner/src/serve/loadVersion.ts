/**
 * The records of a Datanet version: who contributed each one, under which licence.
 *
 * The files come from the content store and are believed because they hash to what is on the chain: each file's records
 * to the contribution's root, all contributions to the version's root. What was revoked before the version was published is
 * no part of it.
 */
import {
  type ChainReader,
  type Contribution,
  type ContributionFile,
  contributionCommitment,
  contributionLeaf,
  decodeContributionFile,
  domainHash,
  merkleRoot,
  type RecordOrigin,
  readAcceptedContributions,
  readRevocations,
  readVersion,
  revocationsHash,
  versionRecords,
} from "@openledger/sdk";
import { type Hex, isAddressEqual } from "viem";
import { askChain } from "../chain/askChain.js";
import type { FileCache } from "./FileCache.js";
import { ModelUnusable } from "./ModelUnusable.js";

export interface LoadedVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly root: Hex;
  /** `[records]`, in the version's order. */
  readonly origins: readonly RecordOrigin[];
  /** `[records]` */
  readonly texts: readonly string[];
}

/** @throws RunnerError `chain_unavailable`; ContentUnavailableError; ModelUnusable when a root is not the chain's */
export async function loadVersion(
  reader: ChainReader,
  files: FileCache,
  datanet: bigint,
  version: number,
): Promise<LoadedVersion> {
  const { root, contributions, places } = await readContributions(reader, datanet, version);
  const opened: { readonly contribution: Contribution; readonly file: ContributionFile }[] = [];
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
        `Contribution ${contribution.number} of Datanet ${datanet} has root ${contribution.recordsRoot} of ` +
          `${contribution.recordCount} records on the chain; its file ${contribution.dataHash} has ` +
          `${committed.recordsRoot} of ${committed.recordCount}.`,
      );
    }
    opened.push({ contribution, file });
  }
  const origins = places.map((place): RecordOrigin => {
    const { contribution, file } = opened[place.contribution]!;
    return {
      contribution: contribution.number,
      contributor: contribution.contributor,
      licence: file.licence,
      source: { ...file.source, path: file.records[place.index]!.path },
    };
  });
  const texts = places.map(({ contribution, index }) => opened[contribution]!.file.records[index]!.text);
  return { datanet, version, root, origins, texts };
}

async function readContributions(reader: ChainReader, datanet: bigint, version: number) {
  return askChain(`the contributions of Datanet ${datanet}`, async () => {
    const frozen = await readVersion(reader, datanet, version);
    const [contributions, revocations] = await Promise.all([
      readAcceptedContributions(reader, datanet, frozen.contributionCount),
      readRevocations(reader, datanet, frozen.revocationCount),
    ]);
    const root = merkleRoot(
      domainHash("Contribution"),
      contributions.map(({ number, ...rest }) => contributionLeaf({ contribution: number, ...rest })),
    );
    if (root !== frozen.root) {
      throw new ModelUnusable(
        `Version ${version} of Datanet ${datanet} has root ${frozen.root}; its ${contributions.length} accepted ` +
          `contributions give ${root}.`,
      );
    }
    const revoked = revocationsHash(revocations);
    if (revoked !== frozen.revocationsHash) {
      throw new ModelUnusable(
        `Version ${version} of Datanet ${datanet} has revocations ${frozen.revocationsHash}; the first ` +
          `${revocations.length} give ${revoked}.`,
      );
    }
    return { root, contributions, places: versionRecords(contributions, revocations) };
  });
}
