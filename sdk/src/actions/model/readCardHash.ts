import { type Hex, zeroHash } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** SHA-256 of a model's attribution card, from the last event that committed one; undefined where its owner has none. */
export async function readCardHash(reader: ChainReader, model: bigint): Promise<Hex | undefined> {
  const logs = await reader.publicClient.getContractEvents({
    address: reader.deployment.addresses.modelRegistry,
    abi: contractAbis.modelRegistry,
    eventName: "CardCommitted",
    args: { model },
    fromBlock: BigInt(reader.deployment.startBlock),
    strict: true,
  });
  const last = logs.at(-1)?.args.cardHash;
  return last === zeroHash ? undefined : last;
}
