import {
  ATTRIBUTION_RULES,
  attributionIndexRoot,
  attributionMethodHash,
  type ContentClient,
  contractAbis,
  contributionLeaf,
  decodeIndexFile,
  domainHash,
  getHeld,
  licenceToBytes32,
  merkleRoot,
  query,
  readModel,
  readVersion,
  revocationsHash,
  type TrainingManifest,
  VersionRecords,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";
import { checkTransaction } from "./checkTransaction.js";
import type { TracedMethod, TracedVersion } from "./Trace.js";

/** A version of the model with the contributions that its root was checked to hold, in order. */
export type CheckedVersion = {
  readonly datanet: bigint;
  readonly version: number;
  readonly contributions: readonly query.IndexedContribution[];
  /** Its records in order: what was revoked before it was published is no part of it. */
  readonly records: VersionRecords;
  readonly traced: TracedVersion;
  /** Whether the root of its index is that of the index's file, by the rules that are known here. */
  readonly isIndexed: boolean;
};

export type TracedVersions = { readonly method: TracedMethod; readonly versions: readonly CheckedVersion[] };

/**
 * The Datanet versions that a model names: each root recomputed from its contributions, and the method of attribution
 * from the indexes committed for them.
 *
 * @param trainedOn What the training manifest says the adapter was trained on.
 */
export async function traceVersions(
  connection: Connection,
  checks: CheckList,
  model: bigint,
  methodHash: Hex,
  trainedOn: TrainingManifest["datanets"] | undefined,
): Promise<TracedVersions> {
  const registered = await checks.attempt("model", `model ${model}`, () => readModel(connection.reader, model));
  if (registered === undefined) return { method: { hash: methodHash, rules: undefined }, versions: [] };
  if (trainedOn !== undefined) {
    checks.equal("manifest_versions", `manifest of model ${model}`, named(registered.versions), named(trainedOn));
  }

  const versions: CheckedVersion[] = [];
  const indexRoots: Hex[] = [];
  for (const { datanet, version } of registered.versions) {
    const index = await checks.attempt("index", nameOf(datanet, version), () =>
      readIndex(connection, datanet, version, registered.base),
    );
    if (index !== undefined) indexRoots.push(index.root);
    const stated = trainedOn?.find((one) => one.datanet === datanet && one.version === version)?.root;
    const checked = await traceVersion(connection, checks, { datanet, version, base: registered.base }, index, stated);
    if (checked !== undefined) versions.push(checked);
  }
  checks.equal("attribution_method", "receipt", attributionMethodHash(indexRoots), methodHash);
  const isKnown = versions.length > 0 && versions.every(({ isIndexed }) => isIndexed);
  return { method: { hash: methodHash, rules: isKnown ? ATTRIBUTION_RULES : undefined }, versions };
}

type IndexOnChain = { readonly root: Hex; readonly dataHash: Hex };

async function traceVersion(
  connection: Connection,
  checks: CheckList,
  place: { readonly datanet: bigint; readonly version: number; readonly base: bigint },
  index: IndexOnChain | undefined,
  stated: Hex | undefined,
): Promise<CheckedVersion | undefined> {
  const { reader, graph, content } = connection;
  const { datanet, version, base } = place;
  const subject = nameOf(datanet, version);
  const onChain = await checks.attempt("version", subject, () => readVersion(reader, datanet, version));
  const indexed = await checks.attempt("version_indexed", subject, () => query.datanetVersion(graph, datanet, version));
  const accepted = await checks.attempt("contributions", subject, () => query.acceptedContributions(graph, datanet));
  const revoked = await checks.attempt("revocations", subject, () => query.revocations(graph, datanet));
  if (onChain === undefined || indexed === undefined || accepted === undefined || revoked === undefined) {
    return undefined;
  }
  if (indexed === null) {
    checks.holds("version_indexed", subject, false, "the index does not know it");
    return undefined;
  }

  const contributions = accepted.slice(0, Number(onChain.contributionCount));
  const root = await checks.attempt("version_root", subject, () => rootOf(contributions));
  if (root !== undefined) checks.equal("version_root", subject, onChain.root, root);
  const records = contributions.reduce((sum, { recordCount }) => sum + BigInt(recordCount), 0n);
  checks.equal("version_records", subject, onChain.recordCount, records);
  const revocations = revoked.slice(0, Number(onChain.revocationCount));
  checks.equal("revocations", subject, onChain.revocationsHash, revocationsHash(revocations));
  if (stated !== undefined) checks.equal("manifest_version_root", subject, onChain.root, stated);
  await checkTransaction(connection, checks, `version of ${subject}`, indexed.transaction, "datanetRegistry");

  let isIndexed = false;
  const committed = indexed.indexes.find((one) => one.base === base);
  if (index !== undefined && committed !== undefined) {
    checks.equal("index_root", subject, index.root, committed.root);
    const found = await checks.attempt("index_file", subject, () => rootOfIndex(content, index.dataHash));
    if (found !== undefined) isIndexed = checks.equal("index_file", subject, index.root, found);
    await checkTransaction(connection, checks, `index of ${subject}`, committed.transaction, "datanetRegistry");
  }
  return {
    datanet,
    version,
    contributions,
    records: new VersionRecords(contributions, revocations),
    isIndexed,
    traced: {
      datanet: `${datanet}`,
      version,
      root: onChain.root,
      contributions: contributions.length,
      records: `${records}`,
      transaction: indexed.transaction,
      index: committed && { root: committed.root, dataHash: committed.dataHash, transaction: committed.transaction },
    },
  };
}

/** By the committed file or, where records were erased from it, the one that stands for it. */
async function rootOfIndex(content: Pick<ContentClient, "get">, dataHash: Hex): Promise<Hex> {
  return attributionIndexRoot(decodeIndexFile(await getHeld(content, dataHash)));
}

function rootOf(contributions: readonly query.IndexedContribution[]): Hex {
  const leaves = contributions.map(({ number, contributor, recordsRoot, recordCount, licence }) =>
    contributionLeaf({
      contribution: number,
      contributor,
      recordsRoot,
      recordCount,
      licence: licenceToBytes32(licence),
    }),
  );
  return merkleRoot(domainHash("Contribution"), leaves);
}

async function readIndex(
  { reader }: Connection,
  datanet: bigint,
  version: number,
  base: bigint,
): Promise<IndexOnChain> {
  const [root, dataHash] = await reader.publicClient.readContract({
    address: reader.deployment.addresses.datanetRegistry,
    abi: contractAbis.datanetRegistry,
    functionName: "indexOf",
    args: [datanet, version, base],
  });
  return { root, dataHash };
}

function nameOf(datanet: bigint, version: number): string {
  return `Datanet ${datanet} version ${version}`;
}

function named(versions: readonly { readonly datanet: bigint; readonly version: number }[]): string {
  return versions.map(({ datanet, version }) => nameOf(datanet, version)).join(", ");
}
