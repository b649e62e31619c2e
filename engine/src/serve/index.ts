export { deviceReport } from "./deviceReport.js";
export { ExactBase } from "./ExactBase.js";
export { RuntimeError, type RuntimeErrorCode } from "./errors.js";
export { DEFAULT_ARITHMETIC, DEFAULT_TIER, openRuntime, type RuntimeOptions } from "./openRuntime.js";
export type { OutputFault } from "./protocol.js";
export {
  type AdapterHandle,
  type AdapterSource,
  type AuditOptions,
  type Generated,
  type GenerateOptions,
  type PassOptions,
  Runtime,
} from "./Runtime.js";
