import { join } from "node:path";
import type { Runtime } from "@openledger/engine";
import { concat, keccak256 } from "viem";
import type { PublishedVersion } from "../store/ChainFacts.js";

type Base = Pick<Runtime, "weightsRoot" | "attributionHash">;

/** Folder of a version's index under a base. Two versions of one root may differ in what was revoked meanwhile. */
export function indexPath(folder: string, { root, revocationsHash }: PublishedVersion, base: Base): string {
  return join(folder, keccak256(concat([root, revocationsHash, base.weightsRoot, base.attributionHash ?? "0x"])));
}

/** Folder of rows of what was accepted behind a version, in the order of acceptance: revoked or not, copies or not. */
export function aheadPath(folder: string, version: PublishedVersion, base: Base): string {
  return `${indexPath(folder, version, base)}-ahead`;
}
