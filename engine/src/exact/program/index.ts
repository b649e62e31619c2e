export * from "./Op.js";
export * from "./Program.js";
