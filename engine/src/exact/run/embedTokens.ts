import { ExactError } from "../errors.js";
import type { IntegerOp } from "../program/IntegerOp.js";
import type { Op, TableName } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { RowReader } from "../program/RowReader.js";

/**
 * `embed` (and `addPosition`) for a list of tokens at their positions: numbers `[n, hidden]`. They are look-ups, so they are
 * done here and the graph is fed their result.
 *
 * @throws ExactError `token_out_of_range`, `position_out_of_range`
 */
export function embedTokens(
  program: Program,
  rows: RowReader,
  tokens: readonly number[],
  positions: readonly number[],
): Numbers {
  const { vocabulary, maxPositions } = program.shape;
  const [embed, add] = program.ops;
  if (embed?.kind !== "embed") throw new ExactError("program_malformed", "a program begins with an embedding");
  const newNumbers = (length: number): Numbers =>
    program.arithmetic === "float" ? new Float32Array(length) : new Int32Array(length);
  let out: Numbers | undefined;
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
    const row = program.arithmetic === "float" ? embedded(rows, embed, token) : embeddedIntegers(rows, embed, token);
    if (add?.kind === "addPosition") addTo(row, rows, add.table, position);
    out ??= newNumbers(tokens.length * row.length);
    out.set(row, i * row.length);
  });
  return out ?? newNumbers(0);
}

type Numbers = Float32Array | Int32Array;
type Embed = Op & { readonly kind: "embed" };

/** The only row of a token. */
function matrixRow(rows: RowReader, name: TableName, token: number) {
  const table = rows.readRows(name, token, token + 1);
  if (table.kind !== "matrix") throw new ExactError("program_malformed", `table "${name}" is no matrix`);
  return table;
}

/** Digits times their multiplier are below 2^52, and so exact before the floor, as after a shift of them. */
function embeddedIntegers(rows: RowReader, op: Embed, token: number): Int32Array {
  const { high, low, columns, scales } = matrixRow(rows, op.table, token);
  const factor = scales[0]! * 2 ** -(op as IntegerOp<"embed">).shift;
  const row = new Int32Array(columns);
  for (let k = 0; k < columns; k++) {
    row[k] = Math.floor((low === undefined ? high[k]! : high[k]! * 128 + low[k]!) * factor + 0.5);
  }
  return row;
}

function embedded(rows: RowReader, op: Embed, token: number): Float32Array {
  const table = matrixRow(rows, op.table, token);
  const { high, low, columns } = table;
  const scale = low === undefined ? table.scales[0]! : Math.fround(table.scales[0]! / 128);
  // Each store rounds to binary32 what is exact in binary64.
  const row = new Float32Array(columns);
  for (let k = 0; k < columns; k++) row[k] = (low === undefined ? high[k]! : high[k]! * 128 + low[k]!) * scale;
  return row;
}

function addTo(row: Numbers, rows: RowReader, name: TableName, position: number): void {
  const table = rows.readRows(name, position, position + 1);
  if (table.kind !== "floats") throw new ExactError("program_malformed", `table "${name}" holds no floats`);
  for (let k = 0; k < row.length; k++) row[k]! += table.data[k]!;
}
