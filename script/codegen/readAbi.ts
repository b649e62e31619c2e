import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface AbiParameter {
  readonly type: string;
  readonly name?: string;
  /** As the source writes it: `struct IJury.Terms`. */
  readonly internalType?: string;
  /** Of an event. */
  readonly indexed?: boolean;
  readonly components?: readonly AbiParameter[];
}

/** An entry of a contract's ABI, as the compiler gives it. */
export interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly stateMutability?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
}

/** @throws Error when the contract was not built: says how to build it. */
export function readAbi(out: string, contract: string): readonly AbiItem[] {
  return readArtifact(out, contract).abi;
}

/** @throws Error when the contract was not built: says how to build it. */
export function readArtifact(out: string, contract: string): { readonly abi: AbiItem[]; readonly rawMetadata: string } {
  const path = join(out, `${contract}.sol`, `${contract}.json`);
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`No artifact of ${contract} at ${path}: run "forge build contracts" first.`, { cause });
  }
}
