import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** OPEN that an account holds, base units. */
export function readTokenBalance(reader: ChainReader, account: Address) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.openToken,
    abi: contractAbis.openToken,
    functionName: "balanceOf",
    args: [account],
  });
}
