import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { IntegerCompiler } from "./IntegerCompiler.js";
import type { CompilerInputs } from "./ModelCompiler.js";

/** Bits of fractions in the residual stream, finest first: the first that provably fits is taken. */
const RESIDUAL_BITS = [16, 12, 10, 8, 6] as const;

/**
 * @param inputsOf Makes them anew: matrices are read once.
 * @throws ExactError as `compileModel`, of the coarsest residual stream where none can be proven.
 */
export function compileIntegers(inputsOf: () => CompilerInputs): Omit<Program, "tier"> {
  for (const bits of RESIDUAL_BITS) {
    try {
      return new IntegerCompiler(inputsOf(), bits).compile();
    } catch (error) {
      const isCoarsest = bits === RESIDUAL_BITS.at(-1);
      if (isCoarsest || !(error instanceof ExactError) || error.code !== "bound_unprovable") throw error;
    }
  }
  throw new Error("there is a coarsest residual stream");
}
