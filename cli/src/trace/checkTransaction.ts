import type { ContractName } from "@openledger/sdk";
import { type Hex, isAddressEqual } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";

/** Whether a transaction is on the chain, succeeded, and left an event of the contract it is said to have called. */
export async function checkTransaction(
  { reader }: Connection,
  checks: CheckList,
  subject: string,
  hash: Hex,
  contract: ContractName,
): Promise<void> {
  // Several things may have happened in one transaction: it is looked at once.
  if (checks.all.some((check) => check.name === "transaction" && check.detail.endsWith(hash))) return;
  const receipt = await checks.attempt("transaction", `${subject} ${hash}`, () =>
    reader.publicClient.getTransactionReceipt({ hash }),
  );
  if (receipt === undefined) return;
  const address = reader.deployment.addresses[contract];
  const touched = receipt.logs.some((log) => isAddressEqual(log.address, address));
  const ok = receipt.status === "success" && touched;
  checks.holds(
    "transaction",
    subject,
    ok,
    `${ok ? "" : `${receipt.status}, events of ${contract}: ${touched}: `}${hash}`,
  );
}
