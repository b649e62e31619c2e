import {
  contributionFault,
  contributionLeaf,
  decodeHeldContribution,
  domainHash,
  getHeld,
  type HeldContribution,
  isErased,
  licenceToBytes32,
  merkleRoot,
  type query,
  type Revocation,
  revocationsHash,
  VersionRecords,
} from "@openledger/sdk";
import type { Address, Hex } from "viem";
import { RegisteredModelError } from "./RegisteredModelError.js";

/** A record of a version that a model was trained on. */
export interface VersionRecord {
  readonly datanet: bigint;
  readonly version: number;
  /** Its number in the version. */
  readonly record: number;
  /** Which was first of two that are alike. */
  readonly contribution: bigint;
  readonly contributor: Address;
  /** Where its contributor says it is from. */
  readonly source: string;
  readonly text: string;
}

/** A version's frozen facts, as the chain has them. */
export interface VersionFacts {
  readonly root: Hex;
  readonly contributionCount: bigint;
  readonly revocationCount: bigint;
  readonly revocationsHash: Hex;
}

/** What is read of a version: the chain says what counts, the index and the content store what hashes to it. */
export interface RecordSources {
  version(datanet: bigint, version: number): Promise<VersionFacts>;
  accepted(datanet: bigint): Promise<readonly query.IndexedContribution[]>;
  revocations(datanet: bigint): Promise<readonly Revocation[]>;
  content(hash: Hex): Promise<Uint8Array>;
}

/**
 * The records of a version in its order: each contribution's file is read by its hash and held against the roots on chain.
 *
 * @throws RegisteredModelError `content_mismatch`, `content_erased`; ContentUnavailableError, ContentMismatchError; MalformedDocumentError
 */
export async function readRecords(sources: RecordSources, datanet: bigint, version: number): Promise<VersionRecord[]> {
  const subject = `Datanet ${datanet} version ${version}`;
  const facts = await sources.version(datanet, version);
  const accepted = (await sources.accepted(datanet)).slice(0, Number(facts.contributionCount));
  const revoked = (await sources.revocations(datanet)).slice(0, Number(facts.revocationCount));
  const leaves = accepted.map((one) =>
    contributionLeaf({ ...one, contribution: one.number, licence: licenceToBytes32(one.licence) }),
  );
  check(`${subject}: contributions`, facts.root, merkleRoot(domainHash("Contribution"), leaves));
  check(`${subject}: revocations`, facts.revocationsHash, revocationsHash(revoked));

  const places = [...new VersionRecords(accepted, revoked)];
  const files = new Map<number, HeldContribution>();
  // what was revoked before is not read: it may be erased
  for (const place of new Set(places.map(({ contribution }) => contribution))) {
    files.set(place, await readFile(sources, datanet, accepted[place]!));
  }
  return places.map(({ contribution, index }, record) => {
    const { number, contributor } = accepted[contribution]!;
    const { records, source } = files.get(contribution)!;
    const held = records[index]!;
    if (isErased(held)) {
      throw new RegisteredModelError(
        "content_erased",
        `${subject}: record ${index} of contribution ${number} was erased, without which nothing can be said of the ` +
          "rest; ask for a model of a later version",
      );
    }
    const { path, text } = held;
    return { datanet, version, record, contribution: number, contributor, source: `${source.name} ${path}`, text };
  });
}

async function readFile(
  sources: RecordSources,
  datanet: bigint,
  contribution: query.IndexedContribution,
): Promise<HeldContribution> {
  const subject = `contribution ${contribution.number}`;
  const file = decodeHeldContribution(await getHeld({ get: (hash) => sources.content(hash) }, contribution.dataHash));
  const licence = licenceToBytes32(contribution.licence);
  const fault = await contributionFault(file, { ...contribution, datanet, licence });
  if (fault !== undefined) throw new RegisteredModelError("content_mismatch", `${subject}: ${fault}`);
  return file;
}

function check(what: string, onChain: string, found: string): void {
  if (found === onChain) return;
  throw new RegisteredModelError("content_mismatch", `${what}: the chain has ${onChain}, found ${found}`);
}
