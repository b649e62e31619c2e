import type { PositionCodes } from "../codes.js";
import type { Hex } from "../hex.js";
import type { KernelIndex } from "./KernelIndex.js";

/** The index of one Datanet version under one base, wherever it is kept. */
export interface VersionIndex extends KernelIndex {
  /** What the Datanet's owner commits to, see `indexRoot`. */
  readonly root: Hex;
  readonly baseWeightsRoot: Hex;
  /** SHA-256 of the base's attribution file, which fixed the codes and the decoys. */
  readonly attributionHash: Hex;
  /** `[9]`, see `shareFloors`. */
  readonly floors: Uint32Array;
  /**
   * How many records were erased from it, which have no positions since. With any it attributes nothing: credits without them are
   * not what the committed root's index gives.
   */
  readonly erasedRecords: number;

  /** Codes of one record. @throws AttributionError `invalid_request` for one that the index has not */
  row(record: number): PositionCodes;

  /** Tokens of one record. @throws AttributionError as `row` */
  ids(record: number): Uint32Array;

  /** θ of a token; 0 for one that no record has. */
  threshold(token: number): number;
}
