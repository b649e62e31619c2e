import {
  attributionOracleAbi,
  datanetRegistryAbi,
  epochCourtAbi,
  inferenceMarketAbi,
  modelRegistryAbi,
  openTokenAbi,
  rewardDistributorAbi,
  stakingManagerAbi,
} from "../abi/index.js";

/** The ABI of each contract that actions call, by its name in a deployment. */
export const contractAbis = {
  openToken: openTokenAbi,
  stakingManager: stakingManagerAbi,
  datanetRegistry: datanetRegistryAbi,
  modelRegistry: modelRegistryAbi,
  rewardDistributor: rewardDistributorAbi,
  epochCourt: epochCourtAbi,
  attributionOracle: attributionOracleAbi,
  inferenceMarket: inferenceMarketAbi,
} as const;

export type ContractAbis = typeof contractAbis;
export type CallableContract = keyof ContractAbis;
