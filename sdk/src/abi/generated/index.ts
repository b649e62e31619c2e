export { openTokenAbi } from "./openToken.js";
export { stakingManagerAbi } from "./stakingManager.js";
export { datanetRegistryAbi } from "./datanetRegistry.js";
export { modelRegistryAbi } from "./modelRegistry.js";
export { rewardDistributorAbi } from "./rewardDistributor.js";
export { attributionOracleAbi } from "./attributionOracle.js";
export { inferenceMarketAbi } from "./inferenceMarket.js";
