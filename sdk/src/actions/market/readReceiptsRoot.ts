import type { Hex } from "viem";
import { TransactionFailedError } from "../../errors/TransactionFailedError.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/**
 * Root of a batch's receipts, as the market's event says: the contract itself keeps only the chain of headers.
 *
 * @throws TransactionFailedError when there is no such batch.
 */
export async function readReceiptsRoot(reader: ChainReader, batch: bigint): Promise<Hex> {
  const [settled] = await reader.publicClient.getContractEvents({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    eventName: "BatchSettled",
    args: { batch },
    fromBlock: BigInt(reader.deployment.startBlock),
  });
  const root = settled?.args.receiptsRoot;
  if (root === undefined) throw new TransactionFailedError("inferenceMarket", "0x", `there is no batch ${batch}`);
  return root;
}
