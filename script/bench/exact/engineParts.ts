/**
 * Parts of the engine that its index does not export, reached by their place beside it: the compiler and the executor of
 * exact programs, and what else the bench shares with them.
 */
const at = (path: string): string => new URL(path, import.meta.resolve("@openledger/engine")).href;

type Compiling = typeof import("../../../engine/src/exact/compile/compileModel.js");
type Running = typeof import("../../../engine/src/exact/run/ExactModel.js");
type Halves = typeof import("../../../engine/src/model/half.js");
type Integers = typeof import("../../../engine/src/exact/sampling/integerLogits.js");

export type { Program, Table, Tier } from "../../../engine/src/exact/program/Program.js";
export type ExactModel = InstanceType<Running["ExactModel"]>;

export const { compileModel } = (await import(at("exact/compile/compileModel.js"))) as Compiling;
export const { ExactModel } = (await import(at("exact/run/ExactModel.js"))) as Running;
export const { floatToHalf, halfToFloat } = (await import(at("model/half.js"))) as Halves;
export const { integerLogits, LOGIT_ONE } = (await import(at("exact/sampling/integerLogits.js"))) as Integers;
