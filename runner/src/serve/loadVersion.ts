/**
 * The records of a Datanet version: who contributed each one, under which licence.
 *
 * The files come from the content store and are believed because they hash to what is on the chain: each file's records
 * to the contribution's root, all contributions to the version's root. What was revoked before the version was published is
 * no part of it; a record that was erased since is, without its text.
 *
 * Memory: one file while it is checked; afterwards an object for each contribution, a number for each revoked record, and a bit
 * for each record of a contribution that has erased ones.
 */
import {
  type ChainReader,
  type Contribution,
  contributionLeaf,
  domainHash,
  merkleRoot,
  readAcceptedContributions,
  readRevocations,
  readVersion,
  revocationsHash,
  VersionRecords,
} from "@openledger/sdk";
import { askChain } from "../chain/askChain.js";
import type { ContributionShelf, KeptContribution } from "./ContributionShelf.js";
import { ModelUnusable } from "./ModelUnusable.js";
import { VersionOrigins } from "./VersionOrigins.js";

/** The root is the contract's own: it is the node that has told less. */
const ALL_EVENTS = "a node of the chain that tells all events";

/** A version as the registry has it. The same is read again of a block that replaces another: what the roots are of is known. */
export type PublishedVersion = Awaited<ReturnType<typeof readVersion>>;

/** What the roots of a version are of. */
export interface FrozenVersion {
  readonly contributions: readonly Contribution[];
  readonly records: VersionRecords;
}

/**
 * @param onFault Told later why a record's path is not shown
 * @throws those of `ContributionShelf.check`
 */
export async function loadVersion(
  { contributions, records }: FrozenVersion,
  shelf: ContributionShelf,
  onFault: (error: unknown) => void,
): Promise<VersionOrigins> {
  const kept: (KeptContribution | undefined)[] = [];
  for (const [place, contribution] of contributions.entries()) {
    // what was revoked before is not read: it may be erased
    const isLeft = records.of(place).next().done !== true;
    kept.push(isLeft ? await shelf.check(contribution) : undefined);
  }
  return new VersionOrigins(records, kept, shelf, onFault);
}

/** @throws RunnerError `chain_unavailable` */
export function readPublishedVersion(reader: ChainReader, datanet: bigint, version: number): Promise<PublishedVersion> {
  return askChain(`version ${version} of Datanet ${datanet}`, () => readVersion(reader, datanet, version));
}

/**
 * @param published The version, by its number
 * @throws RunnerError `chain_unavailable`; ModelUnusable while the node's events do not give the version's roots
 */
export async function readFrozenVersion(
  reader: ChainReader,
  datanet: bigint,
  version: number,
  published: PublishedVersion,
): Promise<FrozenVersion> {
  return askChain(`the contributions of Datanet ${datanet}`, async () => {
    const [contributions, revocations] = await Promise.all([
      readAcceptedContributions(reader, datanet, published.contributionCount),
      readRevocations(reader, datanet, published.revocationCount),
    ]);
    const root = merkleRoot(
      domainHash("Contribution"),
      contributions.map(({ number, ...rest }) => contributionLeaf({ contribution: number, ...rest })),
    );
    if (root !== published.root) {
      throw new ModelUnusable(
        `Version ${version} of Datanet ${datanet} has root ${published.root}; its ${contributions.length} accepted ` +
          `contributions give ${root}.`,
        { waitsFor: ALL_EVENTS },
      );
    }
    const revoked = revocationsHash(revocations);
    if (revoked !== published.revocationsHash) {
      throw new ModelUnusable(
        `Version ${version} of Datanet ${datanet} has revocations ${published.revocationsHash}; the first ` +
          `${revocations.length} give ${revoked}.`,
        { waitsFor: ALL_EVENTS },
      );
    }
    return { contributions, records: new VersionRecords(contributions, revocations) };
  });
}
