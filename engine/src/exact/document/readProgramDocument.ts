import { type JsonValue, programId } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import { SHIFT_REACH } from "../program/integerFields.js";
import type { Op, TableName, ValueId } from "../program/Op.js";
import { type Arithmetic, type Block, type Program, type ProgramShape, TIERS } from "../program/Program.js";
import type { TableOutline } from "../program/TableOutline.js";
import { type CommittedProgram, planesByName } from "./CommittedProgram.js";
import { checkProgram } from "./checkProgram.js";
import { DocumentNode } from "./DocumentNode.js";
import { type FieldKind, fieldsOf, OP_FIELDS } from "./opFields.js";
import { shapeTables } from "./planeTables.js";
import { DOCUMENT_FORMAT } from "./programDocument.js";
import { type Plane, planesOf } from "./tablePlanes.js";

/** Documents are read whole: a program of 200 layers takes 2 MiB. */
const MOST_BYTES = 16 * 2 ** 20;
/** Most elements of a plane, bytes of its digits: what one typed array holds everywhere. */
const MOST_ELEMENTS = 2 ** 31 - 1;
const MOST_INTEGER = 2 ** 32 - 1;

/**
 * Reads a program's document, and refuses any spelling but the canonical one: a program has one document, one id.
 *
 * @returns the program with tables of which only the shapes are known.
 * @throws ExactError `program_malformed` naming operation and field, or what does not fit together.
 */
export function readProgramDocument(bytes: Uint8Array): CommittedProgram {
  const root = DocumentNode.parse("Program document", bytes, MOST_BYTES);
  const top = root.members(
    ["format", "tier", "shape", "ops", "blocks", "logits", "tables"],
    ["arithmetic", "codes", "surprise"],
  );
  top.format.oneOf([DOCUMENT_FORMAT]);
  const tables = new Map(top.tables.named().map(([name, node]) => tableEntry(name, node)));
  const arithmetic = top.arithmetic?.oneOf(["integer"]) ?? "float";
  const ops = top.ops.items().map((node, index) => readOp(node, index, arithmetic));
  const value = (node: DocumentNode): ValueId => node.integer(0, ops.length - 1);
  const program: Program = {
    tier: top.tier.oneOf(TIERS),
    arithmetic,
    ops,
    tables: shapeTables(new Map([...tables].map(([name, { outline }]) => [name, outline]))),
    blocks: top.blocks.items().map((node) => readBlock(node, value, ops.length)),
    shape: readShape(top.shape),
    logits: value(top.logits),
    codes: top.codes === undefined ? undefined : value(top.codes),
    ...(top.surprise === undefined ? {} : { surprise: value(top.surprise) }),
  };
  checkProgram(program);
  root.requireCanonical(bytes);
  return {
    program,
    document: bytes,
    id: programId(root.raw as JsonValue),
    planes: planesByName(program, ({ table, plane }) => tables.get(table)!.roots.get(plane)!),
  };
}

function readShape(node: DocumentNode): ProgramShape {
  const { endToken, ...sizes } = node.members([
    "vocabulary",
    "hidden",
    "layers",
    "heads",
    "kvHeads",
    "headDim",
    "feedForward",
    "maxPositions",
    "endToken",
  ]);
  const vocabulary = count(sizes.vocabulary);
  return {
    vocabulary,
    hidden: count(sizes.hidden),
    layers: count(sizes.layers),
    heads: count(sizes.heads),
    kvHeads: count(sizes.kvHeads),
    headDim: count(sizes.headDim),
    feedForward: count(sizes.feedForward),
    maxPositions: count(sizes.maxPositions),
    endToken: endToken.integer(0, vocabulary - 1),
  };
}

function readBlock(node: DocumentNode, value: (node: DocumentNode) => ValueId, ops: number): Block {
  const { kind, from, to, input, output } = node.members(["kind", "from", "to"], ["input", "output"]);
  return {
    kind: kind.oneOf(["embedding", "layer", "head", "attribution"]),
    from: from.integer(0, ops - 1),
    to: to.integer(1, ops),
    input: input === undefined ? undefined : value(input),
    output: output === undefined ? undefined : value(output),
  };
}

function readOp(node: DocumentNode, index: number, arithmetic: Arithmetic): Op {
  const members = Object.fromEntries(node.named());
  const kinds = Object.keys(OP_FIELDS) as (keyof typeof OP_FIELDS)[];
  const kind = (members.kind ?? node.refuse('a member "kind"', "none")).as(`operation ${index}, kind`).oneOf(kinds);
  const op = node.as(`operation ${index} (${kind})`);
  const fields = fieldsOf(kind, arithmetic);
  const optional = fields.filter(([, field]) => field.startsWith("optional ")).map(([name]) => name);
  const required = fields.map(([name]) => name).filter((name) => !optional.includes(name));
  const read = op.members(["kind", ...required], optional);
  const entries = fields
    .filter(([name]) => Object.hasOwn(members, name))
    .map(([name, field]) => [name, readField(read[name]!, field, index)] as const);
  return { kind, ...Object.fromEntries(entries) } as Op;
}

function readField(node: DocumentNode, kind: FieldKind, op: ValueId): unknown {
  switch (kind) {
    case "value":
    case "optional value":
      return earlier(node, op);
    case "digits": {
      const digits = node.items();
      if (digits.length < 1 || digits.length > 2) node.refuse("one or two digits", `${digits.length}`);
      return digits.map((digit) => earlier(digit, op));
    }
    case "table":
    case "optional table":
      return tableName(node);
    case "count":
      return count(node);
    case "bits":
      return node.integer(0, 22);
    case "shift":
      return node.integer(-SHIFT_REACH, SHIFT_REACH);
    case "float":
      return node.float();
    case "attention": {
      const { heads, kvHeads, headDim, window } = node.members(["heads", "kvHeads", "headDim", "window"]);
      return {
        heads: count(heads),
        kvHeads: count(kvHeads),
        headDim: count(headDim),
        window: window.isNull ? null : count(window),
      };
    }
    case "numerator": {
      const { scale, numerator } = node.members([], ["scale", "numerator"]);
      if (scale !== undefined && numerator === undefined) return { scale: earlier(scale, op) };
      if (numerator !== undefined && scale === undefined) return { numerator: numerator.float() };
      return node.refuse("a scale or a numerator", scale === undefined ? "neither" : "both");
    }
  }
}

function earlier(node: DocumentNode, op: ValueId): ValueId {
  if (op === 0) node.refuse("no input, as nothing is before it", "one");
  return node.integer(0, op - 1);
}

interface ReadTable {
  readonly outline: TableOutline;
  readonly roots: ReadonlyMap<Plane, Hex>;
}

function tableEntry(name: string, node: DocumentNode): [TableName, ReadTable] {
  checkName(node, name);
  const { kind } = Object.fromEntries(node.named());
  const found = (kind ?? node.refuse('a member "kind"', "none")).oneOf(["matrix", "floats", "integers", "index"]);
  const { outline, planes } = readTable(node, found);
  const shapes = planesOf(name, outline);
  for (const { rows, rowBytes } of shapes) {
    if (rows * rowBytes > MOST_ELEMENTS) node.refuse(`planes of at most ${MOST_ELEMENTS} bytes`, rows * rowBytes);
  }
  const members = planes.members(shapes.map(({ plane }) => plane));
  return [name, { outline, roots: new Map(shapes.map(({ plane }) => [plane, members[plane].word()])) }];
}

function readTable(
  node: DocumentNode,
  kind: TableOutline["kind"],
): { readonly outline: TableOutline; readonly planes: DocumentNode } {
  switch (kind) {
    case "matrix": {
      const { rows, columns, digits, planes } = node.members(["kind", "rows", "columns", "digits", "planes"]);
      const found = { rows: count(rows), columns: count(columns), digits: digits.integer(1, 2) as 1 | 2 };
      return { outline: { kind, ...found }, planes };
    }
    case "floats": {
      const { rows, columns, planes } = node.members(["kind", "rows", "columns", "planes"]);
      return { outline: { kind, rows: count(rows), columns: count(columns) }, planes };
    }
    case "integers": {
      const { length, planes } = node.members(["kind", "length", "planes"]);
      return { outline: { kind, length: count(length) }, planes };
    }
    case "index": {
      const { planes, ...sizes } = node.members(["kind", "records", "positions", "vocabulary", "planes"]);
      const [records, positions] = [count(sizes.records), count(sizes.positions)];
      return { outline: { kind, records, positions, vocabulary: count(sizes.vocabulary) }, planes };
    }
  }
}

function count(node: DocumentNode): number {
  return node.integer(1, MOST_INTEGER);
}

function tableName(node: DocumentNode): TableName {
  return node.text(TABLE_NAME, NAME_RULE);
}

/** Names are those of files' index and of leaves: plain, so that each has one spelling. */
const TABLE_NAME = /^[A-Za-z0-9_.-]{1,128}$/;
const NAME_RULE = "a name of 1 to 128 letters, digits, dots, hyphens and underscores";

function checkName(node: DocumentNode, name: string): void {
  if (!TABLE_NAME.test(name)) node.refuse(NAME_RULE, name);
}
