import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { type RoleName, roleNumber } from "./role.js";

/** An operator's stake pool in a role. */
export function readPool(reader: ChainReader, operator: Address, role: RoleName) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.stakingManager,
    abi: contractAbis.stakingManager,
    functionName: "poolOf",
    args: [operator, roleNumber(role)],
  });
}
