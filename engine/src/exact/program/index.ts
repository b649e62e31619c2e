export * from "./AttributionOp.js";
export * from "./IntegerOp.js";
export * from "./Op.js";
export * from "./Program.js";
