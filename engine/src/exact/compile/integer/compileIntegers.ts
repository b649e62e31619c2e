import { ExactError } from "../../errors.js";
import type { Program } from "../../program/Program.js";
import { NUMBER_REACH } from "../../prove/integer/reach.js";
import type { CompilerInputs } from "../ModelCompiler.js";
import { floorLog2 } from "../powerOfTwo.js";
import { IntegerCompiler } from "./IntegerCompiler.js";

/** Bits of fractions in the residual stream: more serve nobody, fewer than these no model that is worth running. */
const FINEST = 16;
const COARSEST = 6;

/**
 * With the finest residual stream that is proven to fit in 31 bits. Bounds grow with the bits as the numbers do, so that of the
 * coarsest stream tells how many there may be; whatever else may need coarser ones is found by trying.
 *
 * @param inputsOf Makes them anew: matrices are read once.
 * @throws ExactError as `compileModel`, of the coarsest residual stream where none can be proven.
 */
export function compileIntegers(inputsOf: () => CompilerInputs): Omit<Program, "tier"> {
  const finest = provable(inputsOf, FINEST);
  if (finest !== undefined) return finest.compiled;
  const coarsest = compile(inputsOf, COARSEST);
  const most = COARSEST + floorLog2(NUMBER_REACH / coarsest.residual);
  for (let bits = Math.min(most, FINEST - 1); bits > COARSEST; bits--) {
    const finer = provable(inputsOf, bits);
    if (finer !== undefined) return finer.compiled;
  }
  return coarsest.compiled;
}

interface Compiled {
  readonly compiled: Omit<Program, "tier">;
  /** Greatest magnitude that a number of the residual stream may have. */
  readonly residual: number;
}

function compile(inputsOf: () => CompilerInputs, bits: number): Compiled {
  const compiler = new IntegerCompiler(inputsOf(), bits);
  try {
    return { compiled: compiler.compile(), residual: compiler.residualMost() };
  } catch (error) {
    if (!(error instanceof ExactError) || error.code !== "program_malformed") throw error;
    // Shifts and constants that no operation has: too fine a stream asks for them, or numbers that lie too far apart.
    const message = `${error.message} Its numbers lie too far apart for integers: compile the model to arithmetic float.`;
    throw new ExactError("bound_unprovable", message, { cause: error });
  }
}

function provable(inputsOf: () => CompilerInputs, bits: number): Compiled | undefined {
  try {
    return compile(inputsOf, bits);
  } catch (error) {
    if (error instanceof ExactError && error.code === "bound_unprovable") return undefined;
    throw error;
  }
}
