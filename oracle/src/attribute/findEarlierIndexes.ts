import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type EarlierIndex, type Runtime, readBuilt } from "@openledger/engine";
import type { Log } from "../Log.js";
import type { ChainFacts, PublishedVersion } from "../store/ChainFacts.js";
import { aheadKey, indexPath, isAheadName } from "./indexPaths.js";
import type { VersionTexts } from "./VersionTexts.js";

export interface FindEarlierIndexesDeps {
  readonly runtime: Pick<Runtime, "weightsRoot" | "attributionHash">;
  readonly facts: Pick<ChainFacts, "version">;
  /** Of indexes. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * What was built earlier that rows of a version can be taken from. That is the index of an earlier version of the same Datanet: of the
 * newest that is sealed, and those behind it that were cut short, the one with most records. And it is what was indexed ahead of
 * contributions that were accepted behind the one that is sealed. Only what this oracle computed itself is looked at, nothing that an
 * owner published.
 *
 * @throws the signal's reason
 */
export async function findEarlierIndexes(
  { runtime, facts, folder, log }: FindEarlierIndexesDeps,
  version: PublishedVersion,
  texts: Pick<VersionTexts, "placesIn" | "contributionsBehind">,
  signal: AbortSignal,
): Promise<readonly EarlierIndex[]> {
  const read = (path: string) =>
    readBuilt(path).catch((error: unknown) => log.fault(`${path} is not taken from`, error));
  const found = (path: string, placeOf: EarlierIndex["placeOf"]): EarlierIndex => ({
    path,
    placeOf,
    onDamage: (error) => log.fault(`${path} is damaged, what it held is computed again`, error),
  });
  const own = indexPath(folder, version, runtime);
  let most: { readonly version: PublishedVersion; readonly path: string; readonly recordCount: number } | undefined;
  let ahead: readonly EarlierIndex[] = [];
  for (let number = version.version - 1; number > 0; number--) {
    signal.throwIfAborted();
    const earlier = await facts.version({ datanet: version.datanet, version: number });
    if (earlier === undefined) continue;
    const path = indexPath(folder, earlier, runtime);
    // of the same records
    if (path === own) continue;
    const built = await read(path);
    if (built === undefined) continue;
    if (built.recordCount > (most?.recordCount ?? 0)) most = { version: earlier, path, recordCount: built.recordCount };
    if (!built.isSealed) continue;
    ahead = await indexedAhead(earlier);
    break;
  }
  const taken = `Datanet ${version.datanet} version ${version.version}: rows of the same tokens are taken`;
  if (most !== undefined) log.info(`${taken} from ${most.path}.`);
  if (ahead.length > 0) log.info(`${taken} from ${ahead.length} folders that were indexed ahead.`);
  return most === undefined ? ahead : [found(most.path, texts.placesIn(most.version)), ...ahead];

  /** Whatever was revoked since: tokens of the same place decide. */
  async function indexedAhead(earlier: PublishedVersion): Promise<readonly EarlierIndex[]> {
    const names = (await readdir(folder)).filter(isAheadName);
    if (names.length === 0) return [];
    return texts.contributionsBehind(earlier).flatMap((contribution) => {
      const key = aheadKey(contribution, runtime);
      const of = names.filter((name) => name.startsWith(key));
      return of.map((name) => found(join(folder, name), contribution.placeOf));
    });
  }
}
