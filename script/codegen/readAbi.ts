import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface AbiParameter {
  readonly type: string;
  readonly components?: readonly AbiParameter[];
}

/** An entry of a contract's ABI, as the compiler gives it. */
export interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
}

/** @throws Error when the contract was not built: says how to build it. */
export function readAbi(out: string, contract: string): readonly AbiItem[] {
  const path = join(out, `${contract}.sol`, `${contract}.json`);
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { abi: AbiItem[] }).abi;
  } catch (cause) {
    throw new Error(`No artifact of ${contract} at ${path}: run "forge build contracts" first.`, { cause });
  }
}
