// Generated from the contracts by "npm run codegen".
export { attributionOracleAbi } from "./attributionOracle.js";
export { datanetRegistryAbi } from "./datanetRegistry.js";
export { disputeManagerAbi } from "./disputeManager.js";
export { inferenceMarketAbi } from "./inferenceMarket.js";
export { juryAbi } from "./jury.js";
export { modelRegistryAbi } from "./modelRegistry.js";
export { openTokenAbi } from "./openToken.js";
export { receiptCourtAbi } from "./receiptCourt.js";
export { receiptVerifierAbi } from "./receiptVerifier.js";
export { rewardDistributorAbi } from "./rewardDistributor.js";
export { stakingManagerAbi } from "./stakingManager.js";
export { errorsAbi } from "./errors.js";
