export { type CompileOptions, compileModel } from "./compile/compileModel.js";
export { type Conformity, conform } from "./conformance/conform.js";
export { type Device, type DeviceFormNames, PROVIDERS, type Provider } from "./conformance/Device.js";
export { type OpenedProgram, openProgram } from "./files/openProgram.js";
export { writeProgram } from "./files/writeProgram.js";
export * from "./portable.js";
export { ExactModel, type RunRequest, type RunResult } from "./run/ExactModel.js";
export type { KeyValueCache } from "./run/KeyValueCache.js";
export { SessionProvider } from "./run/SessionProvider.js";
