import { planeOf, planeParts } from "../document/tablePlanes.js";
import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { decodeElements } from "../reference/elementBytes.js";
import { located } from "../reference/Kernel.js";
import { newRow, type Row } from "../reference/Row.js";
import { type LeafPlace, leavesOf, partOf } from "./layout.js";
import { NO_TOKEN, type RowSpan, type Step, type TableSpan } from "./Stage.js";

/** What a step reads. Without a row or a part, a table's is the one that the other inputs point to. */
export type StepInput =
  | ({ readonly kind: "leaf" } & LeafPlace)
  | {
      readonly kind: "table";
      readonly plane: string;
      readonly row: number | undefined;
      readonly part: number | undefined;
    }
  | { readonly kind: "token"; readonly position: number };

/** All that recomputing an element of a leaf reads, each leaf once: 8 at most in a program that `checkLimits` takes. */
export function inputsOf(program: Program, place: LeafPlace, element: number): StepInput[] {
  const inputs = new Map<string, StepInput>();
  for (const span of stepOf(program, place, element).reads) {
    const found: StepInput[] =
      span.kind === "row"
        ? leavesOf(program, span).map((leaf) => ({ kind: "leaf", ...leaf.place }))
        : span.kind === "table"
          ? tableInputs(program, span)
          : [span];
    for (const input of found) inputs.set(JSON.stringify(input), input);
  }
  return [...inputs.values()];
}

/** What an element's step may read. */
export interface LeafReader {
  /** Bytes of a leaf; of the right length, or the step says so. */
  leaf(place: LeafPlace): Uint8Array;
  /** Undefined where the sequence has ended. */
  token(position: number): number | undefined;
}

/**
 * Recomputes one element of a leaf from the leaves that `inputsOf` names, tokens and the program's tables.
 *
 * @param element counted from the leaf's first.
 * @throws ExactError `bound_violated` where inputs break a bound, `trace_malformed` where a leaf has another length.
 */
export function recomputeElement(program: Program, place: LeafPlace, element: number, reader: LeafReader): number {
  const step = stepOf(program, place, element);
  const rows = step.reads.flatMap((span): Row[] => {
    if (span.kind === "table") return [];
    return [span.kind === "token" ? tokenRow(reader, span.position) : readSpan(program, span, reader)];
  });
  return computeStep(program, place, element, step, rows);
}

/** A token as a step reads it. */
export function tokenRow(tokens: Pick<LeafReader, "token">, position: number): Int32Array {
  return Int32Array.of(tokens.token(position) ?? NO_TOKEN);
}

/** Whatever bound fails in a step is told with the place where it failed. */
export function computeStep(
  program: Program,
  place: Pick<LeafPlace, "op" | "position">,
  element: number,
  step: Step,
  rows: readonly Row[],
): number {
  return located(place.op, program.ops[place.op]!.kind, place.position, element, () => step.compute(rows));
}

export function stepOf(program: Program, place: LeafPlace, element: number): Step {
  const { of, from, to } = partOf(program, place);
  if (!Number.isInteger(element) || element < 0 || element >= to - from) {
    throw new ExactError("trace_malformed", `Element ${element} is not one of a leaf's ${to - from}.`);
  }
  return of.step(from + element);
}

export function readSpan(program: Program, span: RowSpan, reader: LeafReader): Row {
  const leaves = leavesOf(program, span);
  const read = newRow(leaves[0]!.part.type, span.to - span.from);
  for (const { place, part } of leaves) {
    const elements = decodeElements(part.type, part.to - part.from, reader.leaf(place));
    const from = Math.max(span.from, part.from);
    read.set(elements.subarray(from - part.from, Math.min(span.to, part.to) - part.from), from - span.from);
  }
  return read;
}

function tableInputs(program: Program, { table, plane, row, range }: TableSpan): StepInput[] {
  const found = planeOf(table, outlineOf(program.tables.get(table)!), plane);
  const parts = range === undefined ? [undefined] : planeParts(found, range.from, range.to);
  return parts.map((part) => ({ kind: "table", plane: found.name, row, part }));
}
