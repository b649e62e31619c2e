export { type Clock, systemClock } from "./Clock.js";
export { type OracleConfig, type OracleMode, readOracleConfig } from "./config.js";
export { consoleLog, type Log } from "./Log.js";
export { OracleError, type OracleErrorCode } from "./OracleError.js";
export { type Oracle, openOracle } from "./openOracle.js";
export { createOracleApp, type OracleView } from "./server/createOracleApp.js";
