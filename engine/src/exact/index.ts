export { type CompileOptions, compileModel } from "./compile/compileModel.js";
export { type Conformity, conform } from "./conformance/conform.js";
export { type Device, PROVIDERS, type Provider } from "./conformance/Device.js";
export { ExactError } from "./errors.js";
export type { Program, Tier } from "./program/index.js";
export { TIERS } from "./program/index.js";
export { ExactModel, type RunRequest, type RunResult } from "./run/ExactModel.js";
export type { KeyValueCache } from "./run/KeyValueCache.js";
