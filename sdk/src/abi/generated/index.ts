// Generated from the contracts by "npm run codegen".
export { agentRegistryAbi } from "./agentRegistry.js";
export { agentReputationAbi } from "./agentReputation.js";
export { attributionOracleAbi } from "./attributionOracle.js";
export { burnQueueAbi } from "./burnQueue.js";
export { datanetRegistryAbi } from "./datanetRegistry.js";
export { genesisAbi } from "./genesis.js";
export { inferenceMarketAbi } from "./inferenceMarket.js";
export { modelRegistryAbi } from "./modelRegistry.js";
export { openTokenAbi } from "./openToken.js";
export { openTokenL2Abi } from "./openTokenL2.js";
export { rewardDistributorAbi } from "./rewardDistributor.js";
export { stakingManagerAbi } from "./stakingManager.js";
export { errorsAbi } from "./errors.js";
