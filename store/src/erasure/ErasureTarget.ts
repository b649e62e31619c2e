import type { Address, Hex } from "viem";

/** What the file of a contribution says as it stands now; taking records out of it changes none of this. */
export interface ErasureTarget {
  readonly contributor: Address;
  /** Of all its records, erased ones included. */
  readonly recordCount: number;
  readonly recordsRoot: Hex;
}
