import { readFile } from "node:fs/promises";
import { type Deployment, parseDeployment } from "@openledger/sdk";
import { StoreError } from "../StoreError.js";

/**
 * The deployment as its file has it now: a store runs before the contracts are there.
 *
 * @throws StoreError `chain_unavailable` where the file is missing or is none
 */
export async function readDeployment(path: string): Promise<Deployment> {
  try {
    return parseDeployment(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    const message = `The deployment file ${path} cannot be read: ${found} Ask again once the contracts are deployed.`;
    throw new StoreError("chain_unavailable", message, true, { cause });
  }
}
