/**
 * Erases from the published indexes of a Datanet what its content store holds the texts of no longer.
 *
 * An index has its records' tokens, and so their text. Each that lists an erased record is fetched, made anew without it under the
 * same root, published, and put in the place of the old one, whose parts are then erased. Two indexes may share parts: none that
 * one still lists is erased. What is to be erased is written down before the first is: a run that was cut short is ended by the
 * next.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fetchIndex, indexFileRoot, publishIndex, tombstoneIndex } from "@openledger/engine";
import { type ContentClient, contentHash, decodeIndexFile, getHeld, type IndexFile } from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { EraseError } from "./EraseError.js";

/** An index as the chain has it, and what is to be gone from it. */
export interface CommittedIndex {
  /** For messages: which it is. */
  readonly name: string;
  readonly root: Hex;
  /** SHA-256 of the index file. */
  readonly dataHash: Hex;
  /** Places of records. */
  readonly erased: readonly number[];
}

export interface IndexErasure {
  readonly content: Pick<ContentClient, "get" | "put">;
  /** Signs and sends the order; `replacement` zero for none. */
  readonly erase: (content: Hex, replacement: Hex) => Promise<void>;
  /** Of this work alone: what it leaves is removed with it. */
  readonly folder: string;
  readonly onProgress?: (doing: string) => void;
  readonly signal: AbortSignal;
}

export interface IndexErasureResult {
  /** Index files that stand in the place of others now. */
  readonly replaced: readonly { readonly name: string; readonly before: Hex; readonly after: Hex }[];
  /** How many other files were erased. */
  readonly parts: number;
}

interface Plan {
  readonly replaced: IndexErasureResult["replaced"];
  readonly parts: readonly Hex[];
}

/**
 * @param indexes All of the Datanet's that are to be had afterwards
 * @throws EraseError `index_mismatch`; AttributionError; what the store and `erase` throw
 */
export async function eraseFromIndexes(
  indexes: readonly CommittedIndex[],
  erasure: IndexErasure,
): Promise<IndexErasureResult> {
  const { folder, erase, onProgress, signal } = erasure;
  const planFile = join(folder, "plan.json");
  const plan = (await readPlan(planFile)) ?? (await makePlan(indexes, erasure));
  if (plan.replaced.length === 0) return { replaced: [], parts: 0 };
  await keepPlan(planFile, plan);
  for (const { name, before, after } of plan.replaced) {
    onProgress?.(`${name}: erasing ${before}`);
    await erase(before, after);
  }
  for (const [i, part] of plan.parts.entries()) {
    signal.throwIfAborted();
    onProgress?.(`erasing part ${i + 1} of ${plan.parts.length}`);
    await erase(part, zeroHash);
  }
  await rm(folder, { recursive: true, force: true });
  return { replaced: plan.replaced, parts: plan.parts.length };
}

async function makePlan(indexes: readonly CommittedIndex[], erasure: IndexErasure): Promise<Plan> {
  const replaced: { name: string; before: Hex; after: Hex }[] = [];
  const [old, kept] = [new Set<Hex>(), new Set<Hex>()];
  for (const held of await readHeld(indexes, erasure)) {
    if (held.erased.size <= (held.file.tombstones?.records ?? 0)) {
      for (const part of partsOf(held.file)) kept.add(part);
      continue;
    }
    const after = await replace(held, erasure);
    replaced.push({ name: held.name, before: held.hash, after });
    for (const part of partsOf(held.file)) old.add(part);
    const made = decodeIndexFile(await erasure.content.get(after, { signal: erasure.signal }));
    for (const part of partsOf(made)) kept.add(part);
  }
  return { replaced, parts: [...old].filter((part) => !kept.has(part)) };
}

interface HeldIndex {
  readonly name: string;
  /** SHA-256 of the file that stands there now. */
  readonly hash: Hex;
  readonly file: IndexFile;
  readonly erased: Set<number>;
}

/** Two versions may have committed to one file: it is there once. */
async function readHeld(indexes: readonly CommittedIndex[], { content, signal }: IndexErasure): Promise<HeldIndex[]> {
  const found = new Map<Hex, HeldIndex>();
  for (const { name, root, dataHash, erased } of indexes) {
    const bytes = await getHeld(content, dataHash, { signal });
    const file = decodeIndexFile(bytes);
    const claimed = indexFileRoot(file);
    if (claimed !== root) {
      throw new EraseError(
        "index_mismatch",
        `${name}: the chain has root ${root}, its file ${dataHash} has ${claimed}`,
      );
    }
    const hash = contentHash(bytes);
    const one = found.get(hash) ?? { name, hash, file, erased: new Set<number>() };
    for (const place of erased) one.erased.add(place);
    found.set(hash, one);
  }
  return [...found.values()];
}

/** @returns The SHA-256 of the new index file */
async function replace({ name, hash, file, erased }: HeldIndex, erasure: IndexErasure): Promise<Hex> {
  const { content, folder, onProgress, signal } = erasure;
  const [source, target] = ["source", "target"].map((part) => join(folder, hash.slice(2), part)) as [string, string];
  onProgress?.(`${name}: fetching it`);
  (await fetchIndex(source, file, content, { signal })).close();
  onProgress?.(`${name}: erasing ${erased.size} records`);
  // left by a run that was cut short before anything was erased
  await rm(target, { recursive: true, force: true });
  (await tombstoneIndex(source, erased, target, { signal })).close();
  onProgress?.(`${name}: publishing it`);
  return (await publishIndex(target, content, { signal })).dataHash;
}

function partsOf({ segments, thresholds, tombstones }: IndexFile): Hex[] {
  return [...segments, thresholds, ...(tombstones === undefined ? [] : [tombstones])].flatMap(({ parts }) => parts);
}

async function readPlan(path: string): Promise<Plan | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Plan;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function keepPlan(path: string, plan: Plan): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.partial`, JSON.stringify(plan), { flush: true });
  await rename(`${path}.partial`, path);
}
