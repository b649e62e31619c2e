export * from "./AttributionOp.js";
export * from "./Op.js";
export * from "./Program.js";
