import { expect, test } from "vitest";
import type { Table } from "../program/Program.js";
import { rowReaderOf } from "../program/RowReader.js";
import { embedTokens } from "../run/embedTokens.js";
import { packSigns } from "../run/packSigns.js";
import { surprisesOf } from "../run/surprisesOf.js";
import { clampLogits, integerLogits } from "../sampling/integerLogits.js";
import { opVectors } from "../testing/extremes/opVectors.js";
import { opCases } from "../testing/vectors.js";

const cases = opCases(opVectors());
const of = (kind: string) => cases.filter(({ program, op }) => program.ops[op]!.kind === kind);

test.each(of("embed"))("$name", ({ program, op, source, expected }) => {
  const alone = { ...program, ops: [program.ops[op]!] };
  expect(embedTokens(alone, rowReaderOf(alone), [source.token(0)!], [0])).toEqual(expected);
});

test.each(of("addPosition"))("$name", ({ program, op, position, source, expected, inputs }) => {
  const add = program.ops[op]!;
  const x = source.row(inputs[0]!, position);
  // The row of the input as an embedding of one token that is it exactly, element by element.
  const found = expected.map((_, i) => {
    const unit = { kind: "matrix", rows: 1, columns: 1, ...unitOf(x[i]!) } as const;
    const table = program.tables.get((add as { table: string }).table)!;
    const column = table.kind === "floats" ? columnOf(table.data, table.columns, i) : new Float32Array();
    const tables = new Map<string, Table>([
      ["x", unit],
      ["p", { kind: "floats", rows: column.length, columns: 1, data: column }],
    ]);
    const embed = { kind: "embed", table: "x", shift: 0 } as const;
    const ops = [embed, { kind: "addPosition", x: 0, table: "p" }] as const;
    const one = { ...program, ops, tables };
    return embedTokens(one, rowReaderOf(one), [0], [position])[0]!;
  });
  expect(found).toEqual(expected);
});

test.each(of("integerLogits"))("$name", ({ source, position, expected, inputs }) => {
  const x = source.row(inputs[0]!, position);
  expect(x instanceof Int32Array ? clampLogits(x) : integerLogits(x as Float32Array)).toEqual(expected);
});

test.each(of("signBits"))("$name", ({ source, position, expected, inputs }) => {
  expect(packSigns(source.row(inputs[0]!, position))).toEqual(expected);
});

test.each(of("surprise"))("$name", ({ program, op, source, position, expected, inputs }) => {
  const logits = source.row(inputs[0]!, position) as Int32Array;
  // Twice the row: the second's token is its own.
  const both = Int32Array.of(...logits, ...logits);
  const found = surprisesOf({ ...program, surprise: op }, both, [undefined, source.token(position + 1)]);
  expect(found).toEqual(Uint8Array.of(0, ...expected));
});

/** A digit and a scale that stand for one number. */
function unitOf(x: number) {
  return { high: Int8Array.of(1), scales: Float32Array.of(x) };
}

function columnOf(data: Float32Array, columns: number, column: number): Float32Array {
  return data.filter((_, i) => i % columns === column);
}
