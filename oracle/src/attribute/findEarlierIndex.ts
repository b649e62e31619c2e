import { type EarlierIndex, readBuilt } from "@openledger/engine";
import type { Log } from "../Log.js";
import type { ChainFacts, PublishedVersion } from "../store/ChainFacts.js";
import type { VersionTexts } from "./VersionTexts.js";

export interface FindEarlierIndexDeps {
  readonly facts: Pick<ChainFacts, "version">;
  readonly log: Log;
}

/**
 * An index of an earlier version of the same Datanet to take rows from: of the newest that is sealed, and those behind it that were
 * cut short, the one with most records. Only what this oracle computed itself is looked at, nothing that an owner published.
 *
 * @param pathOf Folder of a version's index, whether there is one or not
 * @throws the signal's reason
 */
export async function findEarlierIndex(
  { facts, log }: FindEarlierIndexDeps,
  version: PublishedVersion,
  texts: Pick<VersionTexts, "placesIn">,
  pathOf: (version: PublishedVersion) => string,
  signal: AbortSignal,
): Promise<EarlierIndex | undefined> {
  let most: { readonly version: PublishedVersion; readonly path: string; readonly recordCount: number } | undefined;
  for (let number = version.version - 1; number > 0; number--) {
    signal.throwIfAborted();
    const earlier = await facts.version({ datanet: version.datanet, version: number });
    if (earlier === undefined) continue;
    const path = pathOf(earlier);
    // of the same records
    if (path === pathOf(version)) continue;
    const built = await readBuilt(path).catch((error: unknown) => log.fault(`${path} is not taken from`, error));
    if (built === undefined) continue;
    if (built.recordCount > (most?.recordCount ?? 0)) most = { version: earlier, path, recordCount: built.recordCount };
    if (built.isSealed) break;
  }
  if (most === undefined) return undefined;
  const { path } = most;
  log.info(
    `Datanet ${version.datanet} version ${version.version}: what version ${most.version.version} has of its records is taken ` +
      `from the index in ${path}.`,
  );
  return {
    path,
    placeOf: texts.placesIn(most.version),
    onDamage: (error) => log.fault(`${path} is damaged, what it held is computed again`, error),
  };
}
