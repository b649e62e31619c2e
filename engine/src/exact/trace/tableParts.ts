import { planeOf, planeParts } from "../document/tablePlanes.js";
import type { Program } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { definitionsOf } from "../reference/Definitions.js";
import { located } from "../reference/Kernel.js";
import { surprisePoint } from "../reference/surprise.js";
import { type LeafPlace, partOf } from "./layout.js";
import type { Span, TableSpan } from "./Stage.js";
import { type LeafReader, readSpan } from "./steps.js";

/** A part of a row of a table's plane, as sdk's `rowProof` opens it. */
export interface PlanePart {
  /** Name of the plane. */
  readonly plane: string;
  readonly row: number;
  readonly part: number;
}

/**
 * Parts of tables that recomputing an element reads, those too that its other inputs point to.
 *
 * @param element counted from the leaf's first.
 * @throws ExactError `bound_violated` where inputs point nowhere, `trace_malformed` where a leaf has another length.
 */
export function tablePartsOf(program: Program, place: LeafPlace, element: number, reader: LeafReader): PlanePart[] {
  const { of, from } = partOf(program, place);
  const { reads } = of.step(from + element);
  const parts = new Map<string, PlanePart>();
  for (const span of reads) {
    if (span.kind !== "table") continue;
    const outline = outlineOf(program.tables.get(span.table)!);
    const plane = planeOf(span.table, outline, span.plane);
    for (const { row, range } of rangesOf(program, place, element, { span, reads, reader })) {
      for (const part of planeParts(plane, range.from, range.to)) {
        parts.set(`${plane.name} ${row} ${part}`, { plane: plane.name, row, part });
      }
    }
  }
  return [...parts.values()];
}

interface Read {
  readonly span: TableSpan;
  readonly reads: readonly Span[];
  readonly reader: LeafReader;
}

/** The row and range of a span; none where the inputs point beyond the table. */
function rangesOf(
  program: Program,
  place: LeafPlace,
  element: number,
  { span, reads, reader }: Read,
): { readonly row: number; readonly range: { readonly from: number; readonly to: number } }[] {
  const op = program.ops[place.op]!;
  if (op.kind === "embed") {
    const token = reader.token(place.position)!;
    return span.range === undefined
      ? [{ row: 0, range: { from: token, to: token + 1 } }]
      : [{ row: token, range: span.range }];
  }
  if (span.row !== undefined && span.range !== undefined) return [{ row: span.row, range: span.range }];
  if (op.kind === "similarity") {
    const token = reader.token(place.position + 1);
    return token === undefined ? [] : [{ row: 0, range: { from: token, to: token + 1 } }];
  }
  const points = pointsOf(program, span);
  const values = reads.flatMap((read) => (read.kind === "row" ? [readSpan(program, read, reader)[0]!] : []));
  const point = located(place.op, op.kind, place.position, element, () => {
    const definitions = definitionsOf(program);
    if (op.kind === "exponent") return definitions.exponentPoint(op, values[0]!, values[1]!);
    if (op.kind === "sigmoid") return definitions.sigmoidPoint(op, points, values[0]!);
    if (op.kind === "surprise") return surprisePoint(op.gridBits, values[1]!, values[0]!);
    throw new Error(`${op.kind} points to no table`);
  });
  return point < points ? [{ row: 0, range: { from: point, to: point + 1 } }] : [];
}

function pointsOf({ tables }: Program, { table }: TableSpan): number {
  const outline = outlineOf(tables.get(table)!);
  return outline.kind === "integers" ? outline.length : 0;
}
