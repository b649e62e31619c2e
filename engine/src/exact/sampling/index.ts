export { integerLogits, LOGIT_ONE } from "./integerLogits.js";
export { SamplingError } from "./SamplingError.js";
export { checkSamplingRule, type SamplingRule } from "./SamplingRule.js";
export { sampleToken } from "./sampleToken.js";
export { WEIGHT_TABLE } from "./weightTable.js";
