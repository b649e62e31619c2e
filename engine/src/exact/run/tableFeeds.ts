import { Tensor } from "onnxruntime-node";
import type { CacheType } from "../lower/codes/CodeForm.js";
import { transposed } from "../lower/codes/transposed.js";
import type { TableName } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";

/** What an input takes of a table: `<table>.<part>`, and of a table that is cut `.<from>.<to>` behind it. */
const PART = /^(?:\.(high|low|scales\.high|scales\.low|scales))?(?:\.(\d+)\.(\d+))?$/;

/**
 * Feeds of the tables that a graph takes as inputs, from a program of the same structure: digits `[columns, rows]` as the
 * graph multiplies them, scales and vectors of floats.
 *
 * @param type in which the graph takes digits that are multiplied from the right
 */
export function tableFeeds(
  { tables }: Pick<Program, "tables">,
  inputs: readonly string[],
  type: CacheType,
): Readonly<Record<string, Tensor>> {
  // A table's name may begin with another's.
  const names = [...tables.keys()].sort((a, b) => b.length - a.length);
  const feeds: Record<string, Tensor> = {};
  for (const input of inputs) {
    const name = names.find((table) => input.startsWith(table) && PART.test(input.slice(table.length)));
    if (name !== undefined) feeds[input] = feedOf(name, tables.get(name)!, input, type);
  }
  return feeds;
}

function feedOf(name: TableName, table: Table, input: string, type: CacheType): Tensor {
  const [, part, start, end] = PART.exec(input.slice(name.length))!;
  if (table.kind === "floats") return floats(table.data, start, end);
  if (table.kind !== "matrix" || part === undefined) throw new Error(`input ${input} is no part of a table`);
  if (part === "scales.low") {
    return floats(
      table.scales.map((scale) => scale / 128),
      start,
      end,
    );
  }
  if (part !== "high" && part !== "low") return floats(table.scales, start, end);
  const { columns } = table;
  const [from, to] = start === undefined ? [0, table.rows] : [Number(start), Number(end)];
  const digits = transposed(table[part]!.subarray(from * columns, to * columns), to - from, columns);
  const data = type === "int8" ? digits : Uint8Array.from(digits, (digit) => digit + 128);
  return new Tensor(type, data as never, [columns, to - from]);
}

function floats(data: Float32Array, start: string | undefined, end: string | undefined): Tensor {
  const part = start === undefined ? data : data.slice(Number(start), Number(end));
  return new Tensor("float32", part, [part.length]);
}
