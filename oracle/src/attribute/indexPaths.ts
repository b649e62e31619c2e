import { join } from "node:path";
import type { Runtime } from "@openledger/engine";
import { concat, type Hex, keccak256, stringToHex } from "viem";
import type { AcceptedContribution, PublishedVersion } from "../store/ChainFacts.js";

type Base = Pick<Runtime, "weightsRoot" | "attributionHash">;

/** Folder of a version's index under a base. Two versions of one root may differ in what was revoked meanwhile. */
export function indexPath(folder: string, { root, revocationsHash }: PublishedVersion, base: Base): string {
  return join(folder, keccak256(concat([root, revocationsHash, base.weightsRoot, base.attributionHash ?? "0x"])));
}

/**
 * Folder of a contribution's rows under a base, made before a version holds them: one for each record, in the order of its file.
 *
 * @param revoked Records without a row, ascending: once another is revoked, the name is another
 */
export function aheadPath(
  folder: string,
  contribution: Pick<AcceptedContribution, "dataHash">,
  revoked: readonly number[],
  base: Base,
): string {
  return join(folder, `${aheadKey(contribution, base)}-${keccak256(stringToHex(revoked.join()))}-ahead`);
}

/** What the names of all such folders of a contribution begin with, whatever was revoked of it. */
export function aheadKey({ dataHash }: Pick<AcceptedContribution, "dataHash">, base: Base): Hex {
  return keccak256(concat([dataHash, base.weightsRoot, base.attributionHash ?? "0x"]));
}

/** Whether a name is that of such a folder, of whatever contribution and base. */
export function isAheadName(name: string): boolean {
  return /^0x[0-9a-fx-]+-ahead$/.test(name);
}
