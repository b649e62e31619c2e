export { type OpenedProgram, openProgram } from "./files/openProgram.js";
export { writeProgram } from "./files/writeProgram.js";
export * from "./portable.js";
