export { type Connection, type ConnectOptions, connect } from "./connect.js";
export type { EarningRange, Earnings } from "./earnings/Earnings.js";
export { readKey } from "./readKey.js";
export type { Check } from "./trace/CheckList.js";
export { renderTrace } from "./trace/renderTrace.js";
export type { Trace } from "./trace/Trace.js";
export { traceReceipt } from "./trace/traceReceipt.js";
