import {
  type Abi,
  BaseError,
  type ContractEventName,
  type ContractFunctionArgs,
  type ContractFunctionName,
  ContractFunctionRevertedError,
  type GetEventArgs,
  type Hex,
  parseEventLogs,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { errorsAbi } from "../abi/index.js";
import { ContractRefusedError } from "../errors/ContractRefusedError.js";
import { TransactionFailedError } from "../errors/TransactionFailedError.js";
import type { ChainClient } from "./ChainClient.js";
import { type CallableContract, type ContractAbis, contractAbis } from "./contracts.js";
import { gasLimit } from "./gasLimit.js";

/** A mined transaction. */
export type Submitted = { readonly hash: Hex; readonly receipt: TransactionReceipt };

/** How long a transaction is waited for, and after how long it is asked for anew. */
const WAIT_MS = 180_000;
const LOOK_MS = 4_000;

type Writable<C extends CallableContract> = ContractFunctionName<ContractAbis[C], "nonpayable" | "payable">;

/**
 * Simulates a call, sends it, waits until it is mined.
 *
 * @throws ContractRefusedError when the simulation reverts with a typed error; nothing was sent then.
 * @throws TransactionFailedError when it is mined and reverts.
 */
export async function submit<const C extends CallableContract, const F extends Writable<C>>(
  client: ChainClient,
  contract: C,
  functionName: F,
  args: ContractFunctionArgs<ContractAbis[C], "nonpayable" | "payable", F>,
): Promise<Submitted> {
  const call = `${contract}.${functionName}`;
  // The generic types were checked at this function's door; inside, one plain ABI serves all contracts.
  const request = {
    address: client.deployment.addresses[contract],
    // With every contract's errors: a refusal may come from a contract further down.
    abi: [...contractAbis[contract], ...errorsAbi] as Abi,
    functionName: functionName as string,
    args: args as readonly unknown[],
    account: client.account,
  };
  try {
    await client.publicClient.simulateContract(request);
  } catch (error) {
    throw refusalOf(call, error);
  }
  const gas = gasLimit(await client.publicClient.estimateContractGas(request));
  const hash = await client.walletClient.writeContract({ ...request, gas, chain: client.walletClient.chain });
  const receipt = await minedReceipt(client, hash);
  if (receipt.status !== "success") throw new TransactionFailedError(call, hash, "it was mined and reverted");
  return { hash, receipt };
}

/**
 * A transaction's receipt. Asked again by time: viem looks again with each new block, and where every transaction is a block of its
 * own none may follow the one that it just missed.
 */
async function minedReceipt(client: ChainClient, hash: Hex): Promise<TransactionReceipt> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const timeout = Math.min(LOOK_MS, Math.max(1, deadline - Date.now()));
    try {
      return await client.publicClient.waitForTransactionReceipt({ hash, timeout });
    } catch (error) {
      if (!(error instanceof WaitForTransactionReceiptTimeoutError) || Date.now() >= deadline) throw error;
    }
  }
}

/** The typed error of a reverted call; any other error as it is. */
export function refusalOf(call: string, error: unknown): unknown {
  if (!(error instanceof BaseError)) return error;
  const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (!(revert instanceof ContractFunctionRevertedError) || revert.data === undefined) return error;
  return new ContractRefusedError(call, revert.data.errorName, revert.data.args ?? [], error);
}

/** The arguments of the first event of a name that a contract left in a transaction. @throws TransactionFailedError */
export function eventOf<const C extends CallableContract, const E extends ContractEventName<ContractAbis[C]>>(
  client: ChainClient,
  submitted: Submitted,
  contract: C,
  eventName: E,
): Required<GetEventArgs<ContractAbis[C], E, { EnableUnion: false; IndexedOnly: false; Required: true }>> {
  const address = client.deployment.addresses[contract].toLowerCase();
  const logs = parseEventLogs({
    abi: contractAbis[contract] as Abi,
    eventName: eventName as string,
    logs: submitted.receipt.logs.filter((log) => log.address.toLowerCase() === address),
  });
  const first = logs[0];
  if (first === undefined) throw new TransactionFailedError(contract, submitted.hash, `it left no event ${eventName}`);
  return first.args as never;
}
