import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Hex } from "viem";
import { EraseError } from "./EraseError.js";

/** Which store a plan is of: another has other files. */
export interface PlanSubject {
  readonly store: string;
  readonly chainId: number;
}

/** What is to be erased, written down before anything is: a run that was cut short is ended by the next. */
export interface ErasePlan {
  readonly replaced: readonly ReplacedIndex[];
  /** Of index files that were replaced: those that no index file lists any more are erased. */
  readonly parts: readonly Hex[];
}

/** An index file that stands in the place of another. */
export interface ReplacedIndex {
  readonly name: string;
  readonly before: Hex;
  readonly after: Hex;
}

/** @throws EraseError `plan_mismatch` for a plan of another store or chain */
export async function readPlan(path: string, { store, chainId }: PlanSubject): Promise<ErasePlan | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const plan = JSON.parse(text) as PlanSubject & ErasePlan;
  if (plan.store === store && plan.chainId === chainId) return plan;
  throw new EraseError(
    "plan_mismatch",
    `asked to erase from ${store} of chain ${chainId}, found ${path}, begun at ${plan.store} of chain ${plan.chainId}: ` +
      "end that first by the same command with its --content and --rpc, or remove the file if that store is no more",
  );
}

export async function keepPlan(path: string, { store, chainId }: PlanSubject, plan: ErasePlan): Promise<void> {
  const { replaced, parts } = plan;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.partial`, JSON.stringify({ store, chainId, replaced, parts }), { flush: true });
  await rename(`${path}.partial`, path);
}
