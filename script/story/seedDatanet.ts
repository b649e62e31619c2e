import { Tokenizer, WordEncoder } from "@openledger/engine";
import {
  acceptContributions,
  type ChainClient,
  contribute,
  contributionCommitment,
  createDatanet,
  encodeContributionFile,
  publishVersion,
  query,
  readContributions,
} from "@openledger/sdk";
import type { Hex } from "viem";
import { collectSeed, type SeedContribution } from "../seed/collect.js";
import { ALLOWED_LICENCES } from "../seed/licences.js";
import { seedPackages } from "../seed/packages.js";
import { addressOf, type StoryContext } from "./StoryContext.js";

export const RECORDS_PER_PACKAGE = 80;
export const HELD_OUT_PER_PACKAGE = 20;
/** The chunker's limit: a record fits the base's context of 256 tokens with room for the end-of-text before it. */
export const RECORD_TOKENS = 224;

const DATANET_NAME = "Documentation of six npm packages";

/** One contributor of the first Datanet. */
export interface Contributor extends SeedContribution {
  readonly client: ChainClient;
}

export interface SeededDatanet {
  readonly datanet: bigint;
  readonly version: number;
  readonly root: Hex;
  /** In the order of acceptance: record i of the version is the i-th of their records, one after the other. */
  readonly contributors: readonly Contributor[];
}

/** Reads the six packages as npm installed them. */
export async function readContributors(story: StoryContext): Promise<Contributor[]> {
  const encoder = new WordEncoder(await Tokenizer.load(story.modelDir));
  const packages = await seedPackages();
  return Promise.all(
    packages.map(async (seed, i) => ({
      ...(await collectSeed(seed, {
        limits: { maxTokens: RECORD_TOKENS, minBytes: 200 },
        recordsPerPackage: RECORDS_PER_PACKAGE,
        heldOutPerPackage: HELD_OUT_PER_PACKAGE,
        countTokens: (piece) => encoder.encode(piece).length,
      })),
      client: story.contributor(i),
    })),
  );
}

/** Opens the Datanet, lets every package contribute, accepts and publishes; goes on where an earlier run stopped. */
export async function seedDatanet(story: StoryContext, contributors: readonly Contributor[]): Promise<SeededDatanet> {
  await story.indexCaughtUp();
  const existing = (await query.datanets(story.graph)).find(({ name }) => name === DATANET_NAME);
  const datanet =
    existing?.number ??
    (
      await createDatanet(story.owner, {
        name: DATANET_NAME,
        metadataHash: `0x${"00".repeat(32)}`,
        licences: ALLOWED_LICENCES,
      })
    ).event.datanet;

  const before = await query.contributions(story.graph, datanet);
  const numbers = await Promise.all(
    contributors.map(async (contributor) => {
      const known = before.find((one) => one.contributor === addressOf(contributor.client));
      return known?.number ?? (await contributeRecords(story, datanet, contributor));
    }),
  );
  const open = numbers.filter((number) => before.find((one) => one.number === number)?.state !== "Accepted");
  if (open.length > 0) {
    await acceptContributions(story.owner, { datanet, contributions: await readContributions(story.owner, open) });
  }
  if ((existing?.versionCount ?? 0) === 0) await publishVersion(story.owner, { datanet });

  await story.indexCaughtUp();
  const accepted = await query.acceptedContributions(story.graph, datanet);
  const version = await query.datanetVersion(story.graph, datanet, 1);
  return {
    datanet,
    version: 1,
    root: version!.root,
    contributors: accepted.map(
      (one) => contributors.find((contributor) => addressOf(contributor.client) === one.contributor)!,
    ),
  };
}

async function contributeRecords(story: StoryContext, datanet: bigint, contributor: Contributor): Promise<bigint> {
  const file = {
    datanet,
    contributor: addressOf(contributor.client),
    licence: contributor.licence,
    source: { name: contributor.name, version: contributor.version },
    records: contributor.records,
  };
  const { recordsRoot, recordCount, dataHash } = contributionCommitment(file);
  await story.content.put(encodeContributionFile(file));
  const { event } = await contribute(contributor.client, {
    datanet,
    recordsRoot,
    recordCount,
    licence: contributor.licence,
    dataHash,
  });
  return event.contribution;
}
