export { RuntimeError, type RuntimeErrorCode } from "./errors.js";
export { openRuntime, type RuntimeOptions } from "./openRuntime.js";
export {
  type AdapterHandle,
  type AdapterSource,
  type Generated,
  type GenerateOptions,
  type PassOptions,
  Runtime,
} from "./Runtime.js";
