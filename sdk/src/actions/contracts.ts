import {
  agentRegistryAbi,
  agentReputationAbi,
  attributionOracleAbi,
  contributionRegistryAbi,
  datanetRegistryAbi,
  datanetValidatorsAbi,
  disputeManagerAbi,
  epochCourtAbi,
  inferenceMarketAbi,
  juryAbi,
  modelRegistryAbi,
  openTokenAbi,
  receiptCourtAbi,
  receiptVerifierAbi,
  rewardDistributorAbi,
  stakingManagerAbi,
} from "../abi/index.js";

/** The ABI of each contract that actions call, by its name in a deployment. */
export const contractAbis = {
  openToken: openTokenAbi,
  stakingManager: stakingManagerAbi,
  datanetRegistry: datanetRegistryAbi,
  contributionRegistry: contributionRegistryAbi,
  datanetValidators: datanetValidatorsAbi,
  modelRegistry: modelRegistryAbi,
  rewardDistributor: rewardDistributorAbi,
  receiptCourt: receiptCourtAbi,
  receiptVerifier: receiptVerifierAbi,
  epochCourt: epochCourtAbi,
  attributionOracle: attributionOracleAbi,
  inferenceMarket: inferenceMarketAbi,
  agentRegistry: agentRegistryAbi,
  agentReputation: agentReputationAbi,
  jury: juryAbi,
  disputeManager: disputeManagerAbi,
} as const;

export type ContractAbis = typeof contractAbis;
export type CallableContract = keyof ContractAbis;
