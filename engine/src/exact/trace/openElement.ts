import { type Keccak, rowProof, rowsTree, type TraceTree } from "@openledger/sdk";
import type { CommittedPlane, CommittedProgram } from "../document/CommittedProgram.js";
import { planeElements } from "../document/tablePlanes.js";
import { elementBytes } from "../reference/elementBytes.js";
import type { Row } from "../reference/Row.js";
import type { ElementEvidence, OpenedLeaf, OpenedPart } from "./ElementEvidence.js";
import type { LeafPlace } from "./layout.js";
import { inputsOf, type LeafReader } from "./steps.js";
import { type PlanePart, tablePartsOf } from "./tableParts.js";

/** Where leaves and their proofs come from: a `Trace`, or what a runner revealed of one. */
export interface LeafOpener {
  leaf(place: LeafPlace): Promise<Uint8Array>;
  proof(place: LeafPlace): Promise<readonly Uint8Array[]>;
}

/** A program with its tables' numbers, and a trace of it. */
export interface OpenableTrace {
  readonly keccak: Keccak;
  readonly program: Pick<CommittedProgram, "program" | "planes">;
  readonly tokens: readonly number[];
  readonly leaves: LeafOpener;
}

/**
 * Opens all that recomputing one element reads, for `verifyLeafElement`.
 *
 * @param element counted from the leaf's first.
 * @throws ExactError `trace_malformed` where the trace has no such leaf or element, `bound_violated` where inputs point to
 * no row of a table.
 */
export async function openElement(trace: OpenableTrace, place: LeafPlace, element: number): Promise<ElementEvidence> {
  const { program } = trace.program;
  const leaf = await openLeaf(trace, place);
  const inputs: OpenedLeaf[] = [];
  for (const input of inputsOf(program, place, element)) {
    if (input.kind === "leaf") inputs.push(await openLeaf(trace, input));
  }
  const parts: OpenedPart[] = [];
  const reader = readerOf(inputs, trace.tokens);
  for (const part of tablePartsOf(program, place, element, reader)) parts.push(await openPart(trace, part));
  return { leaf, element, inputs, parts };
}

/** Reads opened leaves; one that is not among them is a mistake of whoever checked them. */
export function readerOf(leaves: readonly OpenedLeaf[], tokens: readonly number[]): LeafReader {
  const known = new Map(leaves.map((leaf) => [keyOf(leaf), leaf.bytes]));
  return { leaf: (place) => known.get(keyOf(place))!, token: (position) => tokens[position] };
}

export function keyOf({ op, position, part }: LeafPlace): string {
  return `${op} ${position} ${part}`;
}

async function openLeaf({ leaves }: OpenableTrace, { op, position, part }: LeafPlace): Promise<OpenedLeaf> {
  const place = { op, position, part };
  return { ...place, bytes: await leaves.leaf(place), siblings: await leaves.proof(place) };
}

const trees = new WeakMap<Row, TraceTree>();

async function openPart({ keccak, program }: OpenableTrace, at: PlanePart): Promise<OpenedPart> {
  const plane = program.planes.get(at.plane)!;
  const elements = planeElements(program.program.tables.get(plane.table)!, plane.plane);
  const bytes = elementBytes(elements);
  let tree = trees.get(elements);
  if (tree === undefined) {
    tree = rowsTree(keccak, shapeOf(plane), bytes);
    trees.set(elements, tree);
  }
  return { plane: at.plane, ...(await rowProof(tree, shapeOf(plane), bytes, at)) };
}

/** A plane as sdk's tables have it. */
export function shapeOf({ id, rows, rowBytes }: CommittedPlane) {
  return { table: id, rows, rowBytes };
}
