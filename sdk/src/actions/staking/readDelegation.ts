import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { type RoleName, roleNumber } from "./role.js";

/** A delegator's shares of a pool, what they are worth, and its fees, as of now. */
export function readDelegation(reader: ChainReader, delegator: Address, operator: Address, role: RoleName) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.stakingManager,
    abi: contractAbis.stakingManager,
    functionName: "delegationOf",
    args: [delegator, operator, roleNumber(role)],
  });
}
