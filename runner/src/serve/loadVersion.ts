/**
 * The records of a Datanet version: who contributed each one, under which licence.
 *
 * The files come from the content store and are believed because they hash to what is on the chain: each file's records
 * to the contribution's root, all contributions to the version's root. What was revoked before the version was published is
 * no part of it; a record that was erased since is, without its text.
 */
import {
  type ChainReader,
  type Contribution,
  contributionFault,
  contributionLeaf,
  decodeHeldContribution,
  domainHash,
  getHeld,
  type HeldContribution,
  isErased,
  merkleRoot,
  type RecordOrigin,
  readAcceptedContributions,
  readRevocations,
  readVersion,
  revocationsHash,
  VersionRecords,
} from "@openledger/sdk";
import type { Hex } from "viem";
import { askChain } from "../chain/askChain.js";
import type { FileCache } from "./FileCache.js";
import { ModelUnusable } from "./ModelUnusable.js";

export interface LoadedVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly root: Hex;
  /** `[records]`, in the version's order. */
  readonly origins: readonly RecordOrigin[];
  /** `[records]`; undefined for one that was erased since. */
  readonly texts: readonly (string | undefined)[];
}

/** @throws RunnerError `chain_unavailable`; ContentUnavailableError; ModelUnusable when a root is not the chain's */
export async function loadVersion(
  reader: ChainReader,
  files: Pick<FileCache, "get">,
  datanet: bigint,
  version: number,
): Promise<LoadedVersion> {
  const { root, contributions, places } = await readContributions(reader, datanet, version);
  const opened = new Map<number, HeldContribution>();
  // what was revoked before is not read: it may be erased
  for (const place of new Set(places.map(({ contribution }) => contribution))) {
    opened.set(place, await openContribution(files, contributions[place]!));
  }
  const records = places.map(({ contribution, index }) => {
    const file = opened.get(contribution)!;
    return { contribution: contributions[contribution]!, file, record: file.records[index]! };
  });
  const origins = records.map(
    ({ contribution, file, record }): RecordOrigin => ({
      contribution: contribution.number,
      contributor: contribution.contributor,
      licence: file.licence,
      source: { ...file.source, path: isErased(record) ? "" : record.path },
    }),
  );
  const texts = records.map(({ record }) => (isErased(record) ? undefined : record.text));
  return { datanet, version, root, origins, texts };
}

async function openContribution(files: Pick<FileCache, "get">, contribution: Contribution): Promise<HeldContribution> {
  const { number, dataHash } = contribution;
  const file = decodeHeldContribution(await getHeld(files, dataHash));
  const fault = contributionFault(file, contribution);
  if (fault === undefined) return file;
  throw new ModelUnusable(`Contribution ${number}, file ${dataHash}: ${fault}.`);
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
    return { root, contributions, places: [...new VersionRecords(contributions, revocations)] };
  });
}
