/**
 * A program as a document: canonical JSON (sdk's `canonicalJson`) of this form, members absent where a program has none.
 *
 *     { format: "openledger.exact/1", tier, arithmetic?: "integer", shape: ProgramShape,
 *       ops: [{ kind, …fields of the kind: see `fieldsOf` }],
 *       blocks: [{ kind, from, to, input?, output? }], logits, codes?, surprise?,
 *       tables: { name: { kind: "matrix", rows, columns, digits, planes: { high, low?, scales, bounds } }
 *                     | { kind: "floats", rows, columns, planes: { data } }
 *                     | { kind: "integers", length, planes: { data } }
 *                     | { kind: "index", records, positions, vocabulary, planes: { entries, codes, thresholds } } } }
 *
 * `planes` are roots (see `tablePlanes`), so the document's hash, `programId`, commits to every bit of the program. Tables are
 * members by name: their order is the canonical one, and equal programs have equal documents.
 */
import { floatBits, type JsonValue } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import type { AttentionShape, Op } from "../program/Op.js";
import type { Arithmetic, Program } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { type FieldKind, fieldsOf } from "./opFields.js";
import { planesOf } from "./tablePlanes.js";

export const DOCUMENT_FORMAT = "openledger.exact/1";

/** @param roots Of every plane, by its name. */
export function programDocument(program: Program, roots: ReadonlyMap<string, Hex>): JsonValue {
  const { tier, arithmetic, shape, ops, blocks, tables, logits, codes, surprise } = program;
  const { vocabulary, hidden, layers, heads, kvHeads, headDim, feedForward, maxPositions, endToken } = shape;
  return {
    format: DOCUMENT_FORMAT,
    tier,
    arithmetic: arithmetic === "float" ? undefined : arithmetic,
    shape: { vocabulary, hidden, layers, heads, kvHeads, headDim, feedForward, maxPositions, endToken },
    ops: ops.map((op) => opMember(op, arithmetic)),
    blocks: blocks.map(({ kind, from, to, input, output }) => ({ kind, from, to, input, output })),
    logits,
    codes,
    surprise,
    tables: Object.fromEntries(
      [...tables].map(([name, table]) => {
        const outline = outlineOf(table);
        const planes = planesOf(name, outline).map((plane) => [plane.plane, roots.get(plane.name)!] as const);
        return [name, { ...outline, planes: Object.fromEntries(planes) }];
      }),
    ),
  };
}

function opMember(op: Op, arithmetic: Arithmetic): JsonValue {
  const values = op as unknown as { readonly [name: string]: unknown };
  const fields = fieldsOf(op.kind, arithmetic).map(([name, kind]) => [name, fieldMember(kind, values[name])] as const);
  return { kind: op.kind, ...Object.fromEntries(fields) };
}

function fieldMember(kind: FieldKind, value: unknown): JsonValue | undefined {
  switch (kind) {
    case "float":
      return floatBits(value as number);
    case "numerator": {
      const by = value as { readonly scale: number } | { readonly numerator: number };
      return "scale" in by ? { scale: by.scale } : { numerator: floatBits(by.numerator) };
    }
    case "attention": {
      const { heads, kvHeads, headDim, window } = value as AttentionShape;
      return { heads, kvHeads, headDim, window };
    }
    default:
      return value as JsonValue | undefined;
  }
}
