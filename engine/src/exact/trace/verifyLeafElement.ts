/**
 * Says of one element of a trace's leaf whether it is what its inputs make of it. Off chain what a court decides on chain, by
 * the same rules: a trace that differs from the true one has a leftmost leaf that does, all of whose inputs are true; and what
 * is opened is taken from the root alone, inputs by their places, tables by the program's document.
 */
import { ROW_PART_BYTES, TRACE_LEAF_BYTES, type TreeClaim, traceLeaf, verifyNode } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import type { CommittedProgram } from "../document/CommittedProgram.js";
import { planeTables } from "../document/planeTables.js";
import { planeOf } from "../document/tablePlanes.js";
import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { decodeElements, encodeElements } from "../reference/elementBytes.js";
import { ELEMENT_BYTES, type ElementType, newRow } from "../reference/Row.js";
import type { ElementEvidence, OpenedLeaf, OpenedPart } from "./ElementEvidence.js";
import { LeafIndex } from "./LeafIndex.js";
import { type LeafPlace, partOf } from "./layout.js";
import { keyOf, readerOf } from "./openElement.js";
import { refuseEvidence } from "./refuseEvidence.js";
import { inputsOf, recomputeElement } from "./steps.js";
import { tablePartsOf } from "./tableParts.js";
import { takePart } from "./takePart.js";

/** What a trace is claimed to be of. */
export interface TraceClaim {
  readonly root: Hex;
  /** Every token of the sequence: how many says how many leaves. */
  readonly tokens: readonly number[];
}

/**
 * `holds`: the element follows from its inputs, which says nothing about them. All others convict the trace: `value`: inputs
 * make another number of the element. `length`: a leaf, the one in question or one that it reads, is not as long as its
 * place makes it. `bound`: inputs break a bound that holds for every honest execution.
 */
export type ElementVerdict =
  | { readonly verdict: "holds"; readonly value: number }
  | { readonly verdict: "value"; readonly place: LeafPlace; readonly claimed: number; readonly found: number }
  | { readonly verdict: "length"; readonly place: LeafPlace; readonly claimed: number; readonly found: number }
  | { readonly verdict: "bound"; readonly place: LeafPlace; readonly cause: ExactError };

/**
 * @param program From its document: tables' numbers are not needed.
 * @throws ExactError `evidence_unusable` where something is not opened, or not under the root that it is to be under;
 * `trace_malformed` where the trace has no such leaf or element.
 */
export function verifyLeafElement(
  { program, id, planes }: Pick<CommittedProgram, "program" | "id" | "planes">,
  claim: TraceClaim,
  evidence: ElementEvidence,
): ElementVerdict {
  const { element } = evidence;
  const place = placeOf(evidence.leaf);
  const index = leafIndexOf(program, claim.tokens.length);
  const opened = new Map(evidence.inputs.map((leaf) => [keyOf(leaf), leaf]));
  const leaves = [evidence.leaf];
  for (const input of inputsOf(program, place, element)) {
    if (input.kind !== "leaf") continue;
    leaves.push(opened.get(keyOf(input)) ?? refuseEvidence(`${nameOf(input)} is not opened`));
  }
  for (const leaf of leaves) {
    requireUnder({ root: claim.root, id, count: index.count }, index.indexOf(leaf), leaf);
    const found = partOf(program, leaf).bytes;
    if (leaf.bytes.length !== found) {
      return { verdict: "length", place: placeOf(leaf), claimed: leaf.bytes.length, found };
    }
  }

  const { type, from, to } = partOf(program, place);
  const reader = readerOf(leaves.slice(1), claim.tokens);
  try {
    const wanted = tablePartsOf(program, place, element, reader);
    const parts = wanted.map((part) => takePart(planes, evidence.parts, part));
    const value = recomputeElement(withParts(program, parts), place, element, reader);
    return compare(place, { type, count: to - from, element }, evidence.leaf.bytes, value);
  } catch (error) {
    if (error instanceof ExactError && error.code === "bound_violated")
      return { verdict: "bound", place, cause: error };
    throw error;
  }
}

/** Bits, not numbers: a zero of the other sign is false, and so is any bit of what is no number. */
function compare(
  place: LeafPlace,
  { type, count, element }: { readonly type: ElementType; readonly count: number; readonly element: number },
  bytes: Uint8Array,
  found: number,
): ElementVerdict {
  const size = ELEMENT_BYTES[type];
  const row = newRow(type, 1);
  row[0] = found;
  const isSame = encodeElements(row).every((byte, at) => byte === bytes[element * size + at]);
  if (isSame) return { verdict: "holds", value: found };
  return { verdict: "value", place, claimed: decodeElements(type, count, bytes)[element]!, found };
}

function requireUnder(tree: TreeClaim, index: number, leaf: OpenedLeaf): void {
  const { bytes, siblings } = leaf;
  // A longer leaf has no hash, here and on chain: whoever commits to one cannot open it.
  const isLeaf = bytes.length >= 1 && bytes.length <= TRACE_LEAF_BYTES;
  const place = { level: 0, index };
  if (isLeaf && verifyNode(tree, place, traceLeaf(tree.id, placeOf(leaf), bytes), siblings)) return;
  refuseEvidence(`${nameOf(leaf)} is not under root ${tree.root}`);
}

/** The program with tables of nothing but what was opened; all else is zero, and nobody reads it. */
function withParts(program: Program, parts: readonly OpenedPart[]): Program {
  const outlines = new Map([...program.tables].map(([name, table]) => [name, outlineOf(table)]));
  const tables = planeTables(outlines, (table, plane) => {
    const { name, type, rows, rowBytes } = planeOf(table, outlines.get(table)!, plane);
    const size = ELEMENT_BYTES[type];
    const elements = newRow(type, (rows * rowBytes) / size);
    for (const part of parts) {
      if (part.plane !== name) continue;
      const at = part.row * rowBytes + part.part * ROW_PART_BYTES;
      elements.set(decodeElements(type, part.bytes.length / size, part.bytes), at / size);
    }
    return elements;
  });
  return { ...program, tables };
}

const indices = new WeakMap<Program, LeafIndex>();

/** A program's elements are mostly asked for under one trace after another. */
function leafIndexOf(program: Program, positions: number): LeafIndex {
  const known = indices.get(program);
  if (known?.positions === positions) return known;
  const index = new LeafIndex(program, positions);
  indices.set(program, index);
  return index;
}

function placeOf({ op, position, part }: LeafPlace): LeafPlace {
  return { op, position, part };
}

function nameOf({ op, position, part }: LeafPlace): string {
  return `part ${part} of operation ${op} at position ${position}`;
}
