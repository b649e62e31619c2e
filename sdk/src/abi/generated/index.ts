// Generated from the contracts by "npm run codegen".
export { attributionOracleAbi } from "./attributionOracle.js";
export { datanetRegistryAbi } from "./datanetRegistry.js";
export { epochCourtAbi } from "./epochCourt.js";
export { inferenceMarketAbi } from "./inferenceMarket.js";
export { modelRegistryAbi } from "./modelRegistry.js";
export { openTokenAbi } from "./openToken.js";
export { rewardDistributorAbi } from "./rewardDistributor.js";
export { stakingManagerAbi } from "./stakingManager.js";
export { errorsAbi } from "./errors.js";
