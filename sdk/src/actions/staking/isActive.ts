import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { type RoleName, roleNumber } from "./role.js";

/** Whether an operator's active stake reaches the role's minimum. */
export function isActive(reader: ChainReader, operator: Address, role: RoleName) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.stakingManager,
    abi: contractAbis.stakingManager,
    functionName: "isActive",
    args: [operator, roleNumber(role)],
  });
}
