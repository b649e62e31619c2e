/**
 * Indexes as Datanets' owners committed to them, for versions whose index cannot be built any more: some of their records were
 * erased before this oracle indexed them. Nothing else is taken from an owner.
 *
 * Its root is the chain's, and every record whose text is left has in it what this oracle computes of the text. Only what it
 * says of erased records has to be believed, or that a record has no positions since it was a copy of an erased one.
 */
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AttributionError,
  fetchIndex,
  indexFileRoot,
  type Runtime,
  type SegmentIndex,
  type Tokenizer,
} from "@openledger/engine";
import {
  type ContentClient,
  ContentErasedError,
  decodeIndexFile,
  getHeld,
  type IndexFile,
  MalformedDocumentError,
} from "@openledger/sdk";
import type { IndexCommitment } from "../store/ChainFacts.js";
import type { VersionTexts } from "./VersionTexts.js";

export interface CommittedIndexDeps {
  readonly runtime: Pick<Runtime, "codes" | "weightsRoot" | "attributionHash">;
  readonly tokenizer: Pick<Tokenizer, "encode">;
  readonly content: Pick<ContentClient, "get">;
}

/** An index that can be gone by; or why there is none, and whether that is the owner's doing. */
export type CommittedIndex =
  | { readonly kind: "index"; readonly index: SegmentIndex }
  | { readonly kind: "false" | "erased"; readonly found: string };

/** Says that the records were held against the index before. */
const CHECKED_FILE = "records-checked";

/**
 * @param path Folder of its own
 * @param texts Of the version, read once if its records were not held against the index before
 * @throws ContentUnavailableError, ContentMismatchError; AttributionError `index_locked`, `index_failed`;
 * RuntimeError `aborted`, or the signal's reason
 */
export async function openCommittedIndex(
  deps: CommittedIndexDeps,
  path: string,
  commitment: IndexCommitment,
  texts: Pick<VersionTexts, "length" | "read">,
  signal: AbortSignal,
): Promise<CommittedIndex> {
  const { content, runtime } = deps;
  const { root, dataHash } = commitment;
  const bytes = await getHeld(content, dataHash, { signal }).catch((error: unknown) => {
    if (error instanceof ContentErasedError) return undefined;
    throw error;
  });
  if (bytes === undefined) return { kind: "erased", found: `index ${root} erased too` };
  let index: SegmentIndex;
  try {
    const file = decodeIndexFile(bytes);
    const found = indexFileRoot(file);
    if (found !== root) return { kind: "false", found: `root ${found} of file ${dataHash}` };
    if (file.tombstones !== undefined) {
      return { kind: "erased", found: `${file.tombstones.records} records erased from index ${root} too` };
    }
    const claims = claimsOf(file, runtime, texts.length);
    if (claims !== undefined) return { kind: "false", found: claims };
    index = await fetchIndex(path, file, content, { signal });
  } catch (error) {
    const isFalse = error instanceof MalformedDocumentError || (error instanceof AttributionError && !error.retryable);
    if (!isFalse) throw error;
    return { kind: "false", found: error.message };
  }
  try {
    const wrong = (await isThere(join(path, CHECKED_FILE)))
      ? undefined
      : await findFalseRecord(deps, index, texts, signal);
    if (wrong !== undefined) {
      index.close();
      return { kind: "false", found: `other codes of record ${wrong} than its text gives` };
    }
    await writeFile(join(path, CHECKED_FILE), "");
    return { kind: "index", index };
  } catch (error) {
    index.close();
    throw error;
  }
}

/** What a file says that cannot be so, before anything of it is fetched. Its records bound its size. */
function claimsOf(file: IndexFile, runtime: CommittedIndexDeps["runtime"], recordCount: number): string | undefined {
  const records = file.segments.reduce((sum, segment) => sum + segment.records, 0);
  if (records !== recordCount) return `${records} records, not ${recordCount}`;
  if (file.baseWeightsRoot !== runtime.weightsRoot) return `base ${file.baseWeightsRoot}, not ${runtime.weightsRoot}`;
  if (file.attributionHash === runtime.attributionHash) return undefined;
  return `attribution file ${file.attributionHash}, not ${runtime.attributionHash}`;
}

/** The first record that has positions in the index, but not those of its text. */
async function findFalseRecord(
  { runtime, tokenizer }: CommittedIndexDeps,
  index: SegmentIndex,
  texts: Pick<VersionTexts, "read">,
  signal: AbortSignal,
): Promise<number | undefined> {
  for await (const { place: record, text } of texts.read("version", signal)) {
    if (text === undefined) continue;
    const row = index.row(record);
    if (row.ids.length === 0) continue;
    const ids = tokenizer.encode(text);
    if (!areEqual(row.ids, ids)) return record;
    const own = await runtime.codes(ids, { signal });
    if (!areEqual(row.surprises, own.surprises) || !areEqual(row.codes, own.codes)) return record;
  }
  return undefined;
}

function areEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
