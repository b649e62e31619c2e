import { ExactError } from "../errors.js";
import type { TableName } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { RowReader } from "../program/RowReader.js";

/**
 * `embed` (and `addPosition`) for a list of tokens at their positions: f32 `[n, hidden]`. They are look-ups, so they are
 * done here and the graph is fed their result.
 *
 * @throws ExactError `token_out_of_range`, `position_out_of_range`
 */
export function embedTokens(
  program: Program,
  rows: RowReader,
  tokens: readonly number[],
  positions: readonly number[],
): Float32Array {
  const { vocabulary, maxPositions } = program.shape;
  const [embed, add] = program.ops;
  if (embed?.kind !== "embed") throw new ExactError("program_malformed", "a program begins with an embedding");
  let out: Float32Array | undefined;
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
    const row = embedded(rows, embed.table, token);
    if (add?.kind === "addPosition") addTo(row, rows, add.table, position);
    out ??= new Float32Array(tokens.length * row.length);
    out.set(row, i * row.length);
  });
  return out ?? new Float32Array();
}

function embedded(rows: RowReader, name: TableName, token: number): Float32Array {
  const table = rows.readRows(name, token, token + 1);
  if (table.kind !== "matrix") throw new ExactError("program_malformed", `table "${name}" is no matrix`);
  const { high, low, columns } = table;
  const scale = low === undefined ? table.scales[0]! : Math.fround(table.scales[0]! / 128);
  // Each store rounds to binary32 what is exact in binary64.
  const row = new Float32Array(columns);
  for (let k = 0; k < columns; k++) row[k] = (low === undefined ? high[k]! : high[k]! * 128 + low[k]!) * scale;
  return row;
}

function addTo(row: Float32Array, rows: RowReader, name: TableName, position: number): void {
  const table = rows.readRows(name, position, position + 1);
  if (table.kind !== "floats") throw new ExactError("program_malformed", `table "${name}" holds no floats`);
  for (let k = 0; k < row.length; k++) row[k]! += table.data[k]!;
}
