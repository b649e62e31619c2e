import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { type RoleName, roleNumber } from "./role.js";

/** A pool's fees as of now, and the operator's cut. */
export function readStakeFees(reader: ChainReader, operator: Address, role: RoleName) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.stakingManager,
    abi: contractAbis.stakingManager,
    functionName: "feesOf",
    args: [operator, roleNumber(role)],
  });
}
