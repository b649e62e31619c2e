import type { Runtime } from "../../serve/Runtime.js";
import { readManifest } from "./folderManifest.js";
import { IndexFolder } from "./IndexFolder.js";
import type { SegmentIndex } from "./SegmentIndex.js";

/**
 * How much of an index a folder says it holds; undefined where there is none. None of it is checked.
 *
 * @throws AttributionError `index_malformed`
 */
export async function readBuilt(
  path: string,
): Promise<{ readonly recordCount: number; readonly isSealed: boolean } | undefined> {
  const manifest = await readManifest(path);
  if (manifest === undefined) return undefined;
  const recordCount = manifest.segments.reduce((sum, { records }) => sum + records, 0);
  return { recordCount, isSealed: manifest.seal !== undefined };
}

/**
 * The index that was built and sealed in a folder before, for whoever has its records' texts no longer; undefined where there is
 * none of as many records. Whoever has it closes it.
 *
 * @throws AttributionError those of `IndexFolder.open`
 */
export async function openBuiltIndex(
  runtime: Pick<Runtime, "weightsRoot" | "attribution">,
  path: string,
  recordCount: number,
): Promise<SegmentIndex | undefined> {
  if ((await readManifest(path)) === undefined) return undefined;
  const { hash } = await runtime.attribution();
  const folder = await IndexFolder.open(path, { baseWeightsRoot: runtime.weightsRoot, attributionHash: hash });
  try {
    return folder.isSealed && folder.recordCount === recordCount ? await folder.index() : undefined;
  } finally {
    await folder.close();
  }
}
