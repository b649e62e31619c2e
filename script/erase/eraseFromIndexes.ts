/**
 * Erases from the published indexes of a Datanet what its content store holds the texts of no longer.
 *
 * An index has its records' tokens, and so their text. Each that has an erased record's is fetched, made anew without them under
 * the same root, published, and put in the place of the old one, whose parts are then erased.
 *
 * WHOSE. An index file names no Datanet, and an owner may commit to any. One that several committed to is that of the first on
 * the chain: by others' erased records it is not changed. No part is erased that any index file of the deployment lists as it
 * stands then.
 *
 * CUT SHORT. What is to be erased is written down before anything is, see `ErasePlan`; the next run ends it, then looks for more.
 * Parts that another Datanet's index lists stay written down, and are looked at again.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AttributionError, fetchIndex, indexFileRoot, publishIndex, tombstoneIndex } from "@openledger/engine";
import { type ContentClient, type IndexFile, OpenLedgerError } from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { type ErasePlan, keepPlan, type PlanSubject, type ReplacedIndex, readPlan } from "./ErasePlan.js";
import { type IndexCommitment, nameOf } from "./IndexCommitment.js";
import { partsOf, readHeldIndex } from "./readHeldIndex.js";

export interface EraseRequest {
  readonly datanet: bigint;
  /** All of the deployment, in the chain's order. */
  readonly commitments: readonly IndexCommitment[];
  /** Of the Datanet, by number: those with a commitment. */
  readonly versions: ReadonlyMap<number, VersionPlaces>;
}

/** A version's records. */
export interface VersionPlaces {
  readonly recordCount: number;
  /** Places of those whose texts are gone. */
  readonly erased: readonly number[];
}

export interface EraseDeps {
  readonly content: Pick<ContentClient, "get" | "put">;
  readonly subject: PlanSubject;
  /** Signs and sends the order; `replacement` zero for none. */
  readonly erase: (content: Hex, replacement: Hex) => Promise<void>;
  /** Of this work alone: what it leaves is removed with it. */
  readonly folder: string;
  readonly onProgress?: (doing: string) => void;
  readonly signal: AbortSignal;
}

export interface EraseReport {
  readonly replaced: readonly ReplacedIndex[];
  /** How many other files were erased. */
  readonly parts: number;
  /** What is there still: which, why, and what to do. */
  readonly left: readonly string[];
}

/**
 * @throws EraseError `plan_mismatch`; what the store throws that may answer later, and `erase`; what keeps the system from
 * writing; the signal's reason
 */
export async function eraseFromIndexes(request: EraseRequest, deps: EraseDeps): Promise<EraseReport> {
  const { folder, subject } = deps;
  const planFile = join(folder, "plan.json");
  const begun = await readPlan(planFile, subject);
  const ended = await carryOut(begun ?? { replaced: [], parts: [] }, planFile, request, deps);

  const made = await makePlan(request, deps);
  const rest = { replaced: made.replaced, parts: [...new Set([...ended.kept, ...made.parts])] };
  const done = await carryOut(rest, planFile, request, deps);

  if (done.kept.length > 0) await keepPlan(planFile, subject, { replaced: [], parts: done.kept });
  await rm(done.kept.length > 0 ? workFolder(folder) : folder, { recursive: true, force: true });
  return {
    replaced: [...(begun?.replaced ?? []), ...made.replaced],
    parts: ended.erased + done.erased,
    left: [...made.left, ...done.left],
  };
}

interface CarriedOut {
  /** How many parts were erased. */
  readonly erased: number;
  /** Parts that other Datanets' indexes list. */
  readonly kept: readonly Hex[];
  readonly left: readonly string[];
}

async function carryOut(
  plan: ErasePlan,
  planFile: string,
  request: EraseRequest,
  { content, subject, erase, onProgress, signal }: EraseDeps,
): Promise<CarriedOut> {
  if (plan.replaced.length === 0 && plan.parts.length === 0) return { erased: 0, kept: [], left: [] };
  await keepPlan(planFile, subject, plan);
  for (const { name, before, after } of plan.replaced) {
    onProgress?.(`${name}: erasing ${before}`);
    await erase(before, after);
  }

  // by what stands now, not by what stood when the plan was made
  onProgress?.("looking for indexes that list the same parts");
  const { own, others } = await findListed(new Set(plan.parts), request, content, signal);
  const listed = new Set([...own, ...[...others.values()].flat()]);
  const parts = plan.parts.filter((part) => !listed.has(part));
  for (const [i, part] of parts.entries()) {
    signal.throwIfAborted();
    onProgress?.(`erasing part ${i + 1} of ${parts.length}`);
    await erase(part, zeroHash);
  }

  const kept = new Set<Hex>();
  const left: string[] = [];
  for (const [commitment, theirs] of others) {
    const shared = theirs.filter((part) => !own.has(part));
    for (const part of shared) kept.add(part);
    if (shared.length === 0) continue;
    left.push(
      `${nameOf(commitment)}: its index lists ${shared.length} of the parts that should be gone; where its records ` +
        `were erased too, run erase-index ${commitment.datanet}, then this again`,
    );
  }
  return { erased: parts.length, kept: [...kept], left };
}

/** Which of these parts an index file lists that stands there: one of the Datanet's own, or of others. */
async function findListed(
  parts: ReadonlySet<Hex>,
  { datanet, commitments }: EraseRequest,
  content: EraseDeps["content"],
  signal: AbortSignal,
): Promise<{ readonly own: Set<Hex>; readonly others: Map<IndexCommitment, Hex[]> }> {
  const own = new Set<Hex>();
  const others = new Map<IndexCommitment, Hex[]>();
  const known = new Map<Hex, readonly Hex[]>();
  for (const commitment of commitments) {
    let listed = known.get(commitment.dataHash);
    if (listed === undefined) {
      const held = await readHeldIndex(content, commitment.dataHash, signal);
      listed = "missing" in held ? [] : partsOf(held.file).filter((part) => parts.has(part));
      known.set(commitment.dataHash, listed);
    }
    if (listed.length === 0) continue;
    if (commitment.datanet !== datanet) others.set(commitment, [...new Set(listed)]);
    else for (const part of listed) own.add(part);
  }
  return { own, others };
}

async function makePlan(
  request: EraseRequest,
  deps: EraseDeps,
): Promise<ErasePlan & { readonly left: readonly string[] }> {
  const { own, left } = await readOwn(request, deps);
  const replaced: ReplacedIndex[] = [];
  const parts = new Set<Hex>();
  for (const held of own) {
    try {
      const after = await replace(held, deps);
      if (after === undefined) continue;
      replaced.push({ name: held.name, before: held.hash, after });
      for (const part of partsOf(held.file)) parts.add(part);
    } catch (error) {
      deps.signal.throwIfAborted();
      // what is wrong with one index says nothing of the others
      if (!(error instanceof OpenLedgerError || error instanceof AttributionError)) throw error;
      left.push(
        `${held.name}: index file ${held.hash} stands there still: ${error.message} Put that right and run this again`,
      );
    }
  }
  return { replaced, parts: [...parts], left };
}

interface OwnIndex {
  readonly name: string;
  /** SHA-256 of the file that stands there now. */
  readonly hash: Hex;
  readonly file: IndexFile;
  readonly erased: readonly number[];
}

/** The Datanet's indexes that may have what is to be erased, each once, and what is wrong with others. */
async function readOwn(
  { datanet, commitments, versions }: EraseRequest,
  { content, onProgress, signal }: EraseDeps,
): Promise<{ readonly own: readonly OwnIndex[]; readonly left: string[] }> {
  const firsts = new Map<Hex, IndexCommitment>();
  const own: OwnIndex[] = [];
  const left: string[] = [];
  for (const commitment of commitments) {
    const name = nameOf(commitment);
    onProgress?.(`${name}: reading its index file`);
    const held = await readHeldIndex(content, commitment.dataHash, signal);
    const isOwn = commitment.datanet === datanet;
    if ("missing" in held) {
      if (isOwn) left.push(`${name}: ${held.missing}`);
      continue;
    }
    // by what stands there: who commits to a replacement comes after whose file it replaces
    const first = firsts.get(held.hash) ?? commitment;
    firsts.set(held.hash, first);
    const version = isOwn ? versions.get(commitment.version) : undefined;
    if (version === undefined || version.erased.length === 0) continue;
    const wrong = findWrong(commitment, first, held, version, versions);
    if (wrong !== undefined) left.push(`${name}: ${wrong}`);
    else if (first === commitment) own.push({ name, ...held, erased: version.erased });
  }
  return { own, left };
}

/** Why a version's erased records are not to be erased from an index file. */
function findWrong(
  commitment: IndexCommitment,
  first: IndexCommitment,
  { hash, file }: { readonly hash: Hex; readonly file: IndexFile },
  { recordCount, erased }: VersionPlaces,
  versions: EraseRequest["versions"],
): string | undefined {
  const advice = "what is in it is not known here; have the store erase it whole if it has to go";
  const root = indexFileRoot(file);
  if (root !== commitment.root) {
    return `the chain has root ${commitment.root}, index file ${hash} has ${root}: ${advice}`;
  }
  const records = file.segments.reduce((sum, segment) => sum + segment.records, 0);
  if (records !== recordCount) {
    return `the version has ${recordCount} records, index file ${hash} has ${records}: ${advice}`;
  }
  if (first === commitment) return undefined;
  const ofFirst = new Set(first.datanet === commitment.datanet ? versions.get(first.version)?.erased : []);
  if (erased.every((place) => ofFirst.has(place))) return undefined;
  return (
    `index file ${hash} was committed to first for ${nameOf(first)}: it changes as records of that are erased; ` +
    `run erase-index ${first.datanet} once they are`
  );
}

/** @returns The SHA-256 of the new index file; undefined where the records have no positions in it any more */
async function replace(
  { name, hash, file, erased }: OwnIndex,
  { content, folder, onProgress, signal }: EraseDeps,
): Promise<Hex | undefined> {
  const at = join(workFolder(folder), hash.slice(2));
  const [source, target] = [join(at, "source"), join(at, "target")];
  onProgress?.(`${name}: fetching it`);
  // how many were erased does not say which
  const index = await fetchIndex(source, file, content, { signal });
  try {
    if (erased.every((place) => index.ids(place).length === 0)) return undefined;
  } finally {
    index.close();
  }
  onProgress?.(`${name}: erasing ${erased.length} records`);
  // left by a run that was cut short before anything was erased
  await rm(target, { recursive: true, force: true });
  (await tombstoneIndex(source, erased, target, { signal })).close();
  onProgress?.(`${name}: publishing it`);
  return (await publishIndex(target, content, { signal })).dataHash;
}

function workFolder(folder: string): string {
  return join(folder, "work");
}
