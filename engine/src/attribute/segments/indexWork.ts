import { loadKeccak } from "@openledger/sdk";
import type { PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { shareFloors } from "../kernel/floors.js";
import { tokenThresholds } from "../kernel/thresholds.js";
import type { SegmentEntry, TombstonesEntry } from "./folderManifest.js";
import { openTombstones } from "./openSealed.js";
import { openSegments } from "./openSegments.js";
import { SegmentPostings } from "./SegmentPostings.js";
import { postingsRootOf, recordsRootOf } from "./segmentRoots.js";
import type { Tombstones } from "./Tombstones.js";

/** What takes so long that another thread does it. */
export interface IndexWork {
  /** Folder of the segments. */
  readonly path: string;
  readonly segments: readonly SegmentEntry[];
  /**
   * Of which thresholds and floors are found, or the thresholds that are taken as committed, `[targets]`, with what stands for
   * erased records.
   */
  readonly terms:
    | { readonly decoys: readonly PositionCodes[] }
    | { readonly thresholds: Int16Array; readonly tombstones: TombstonesEntry | undefined };
}

export interface IndexWorkResult {
  /** `[targets]` */
  readonly thresholds: Int16Array;
  /** `[9]`; undefined where thresholds were given. */
  readonly floors: Uint32Array | undefined;
  readonly recordsRoot: Hex;
  readonly postingsRoot: Hex;
}

/** @throws AttributionError `index_malformed`, `index_mismatch` */
export async function doIndexWork({ path, segments, terms }: IndexWork): Promise<IndexWorkResult> {
  const keccak = await loadKeccak();
  const lists = openSegments(path, segments);
  let tombstones: Tombstones | undefined;
  try {
    if ("tombstones" in terms) tombstones = openTombstones(path, terms.tombstones);
    const decoys = "decoys" in terms ? terms.decoys : undefined;
    const thresholds = "decoys" in terms ? tokenThresholds(lists, terms.decoys) : terms.thresholds;
    if (thresholds.length !== lists.targets.length) {
      throw new AttributionError(
        "index_mismatch",
        `${path}: expected a threshold for each of ${lists.targets.length} tokens, found ${thresholds.length}`,
      );
    }
    const floors = decoys && shareFloors(new SegmentPostings(lists, thresholds), decoys);
    const recordsRoot = recordsRootOf(keccak, lists, tombstones);
    return { thresholds, floors, recordsRoot, postingsRoot: postingsRootOf(keccak, lists, thresholds, tombstones) };
  } finally {
    tombstones?.close();
    lists.close();
  }
}
