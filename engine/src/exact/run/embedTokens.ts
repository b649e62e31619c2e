import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { tableOf } from "../reference/shapes.js";

/**
 * `embed` (and `addPosition`) for a list of tokens at their positions: f32 `[n, hidden]`. They are look-ups, so they are
 * done here and the graph is fed their result.
 *
 * @throws ExactError `token_out_of_range`, `position_out_of_range`
 */
export function embedTokens(program: Program, tokens: readonly number[], positions: readonly number[]): Float32Array {
  const { vocabulary, maxPositions } = program.shape;
  const [embed, add] = program.ops;
  if (embed?.kind !== "embed") throw new ExactError("program_malformed", "a program begins with an embedding");
  const { high, low, scales, columns } = tableOf(program, embed.table, "matrix");
  const learned = add?.kind === "addPosition" ? tableOf(program, add.table, "floats").data : undefined;
  const out = new Float32Array(tokens.length * columns);
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
    // Each store rounds to binary32 what is exact in binary64.
    const scale = low === undefined ? scales[token]! : Math.fround(scales[token]! / 128);
    const [from, to] = [token * columns, i * columns];
    for (let k = 0; k < columns; k++) {
      const integer = low === undefined ? high[from + k]! : high[from + k]! * 128 + low[from + k]!;
      out[to + k] = integer * scale;
    }
    if (learned === undefined) return;
    for (let k = 0; k < columns; k++) out[to + k]! += learned[position * columns + k]!;
  });
  return out;
}
