import type { HeldContribution } from "@openledger/sdk";
import type { Hex } from "viem";

/** The file of a contribution as it stands now, and what is to be taken out of it. */
export interface ErasureTarget {
  readonly file: HeldContribution;
  /** Of records, from 0; every one is a place in the file. */
  readonly places: readonly number[];
  /** Of all its records, erased ones included. @throws StoreError `bad_request` where a record can have no leaf */
  root(): Hex;
}
