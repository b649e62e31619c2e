import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";

/**
 * The operation `embed` (and `addPosition`) for a list of tokens: f32 `[n, hidden]`. It is a look-up, so it is done here
 * and the graph is fed its result.
 */
export function embedTokens(program: Program, tokens: readonly number[], positions: readonly number[]): Float32Array {
  const { hidden, vocabulary, maxPositions } = program.shape;
  const table = program.tables.get("embedding");
  if (table?.kind !== "matrix") throw new ExactError("program_malformed", "the program has no embedding table");
  const { high, low, scales } = table;
  const learned = program.tables.get("positions");
  const out = new Float32Array(tokens.length * hidden);
  tokens.forEach((token, i) => {
    const position = positions[i]!;
    if (!Number.isInteger(token) || token < 0 || token >= vocabulary) {
      throw new ExactError(
        "token_out_of_range",
        `tokens must be below ${vocabulary}, found ${token} at position ${position}`,
      );
    }
    if (!(position < maxPositions)) {
      throw new ExactError(
        "position_out_of_range",
        `the program holds ${maxPositions} positions, asked for ${position}`,
      );
    }
    const scale = low === undefined ? scales[token]! : scales[token]! / 128;
    const from = token * hidden;
    for (let k = 0; k < hidden; k++) {
      const integer = low === undefined ? high[from + k]! : high[from + k]! * 128 + low[from + k]!;
      out[i * hidden + k] = integer * scale;
    }
    if (learned?.kind === "floats") {
      for (let k = 0; k < hidden; k++) out[i * hidden + k]! += learned.data[position * hidden + k]!;
    }
  });
  return out;
}
