import { loadKeccak, rowProof, rowsTree } from "@openledger/sdk";
import { describe, expect, test } from "vitest";
import { commitProgram, planeRoot } from "../document/commitProgram.js";
import { type Plane, planeElements, planeOf, planesOf } from "../document/tablePlanes.js";
import { outlineOf } from "../program/TableOutline.js";
import { elementBytes } from "../reference/elementBytes.js";
import type { Row } from "../reference/Row.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import type { OpenedPart } from "./ElementEvidence.js";
import { rowExceedsBound } from "./rowExceedsBound.js";

const keccak = await loadKeccak();
const PROGRAM = tinyProgram({ hidden: 1100, weightDigits: 2, vocabulary: 300 });
const HONEST = commitProgram(keccak, PROGRAM);

/** The program under a root of bounds that are changed, and every part of a row and of its bound opened. */
async function opened(table: string, row: number, change: (bounds: Row) => Row = (bounds) => bounds) {
  const content = PROGRAM.tables.get(table)!;
  const outline = outlineOf(content);
  const elements = (plane: Plane) =>
    plane === "bounds" ? change(planeElements(content, plane).slice()) : planeElements(content, plane);
  const bounds = planeOf(table, outline, "bounds");
  const root = planeRoot(keccak, bounds, elementBytes(elements("bounds")));
  const planes = new Map([...HONEST.planes, [bounds.name, { ...HONEST.planes.get(bounds.name)!, root }] as const]);
  const parts: OpenedPart[] = [];
  for (const { name, plane, rows, rowBytes } of planesOf(table, outline)) {
    if (plane === "scales") continue;
    const shape = { table: HONEST.planes.get(name)!.id, rows, rowBytes };
    const bytes = elementBytes(elements(plane));
    const tree = rowsTree(keccak, shape, bytes);
    const at = plane === "bounds" ? 0 : row;
    for (let part = 0; part * 1024 < rowBytes; part++) {
      parts.push({ plane: name, ...(await rowProof(tree, shape, bytes, { row: at, part })) });
    }
  }
  return { program: { program: PROGRAM, planes }, parts };
}

describe("a row's bound", () => {
  test.each(["embedding", "head", "layer.0.up"])("is not exceeded where it is honest: %s", async (table) => {
    for (const row of [0, 4, 10]) {
      const { program, parts } = await opened(table, row);
      expect(rowExceedsBound(program, table, row, parts)).toBe(false);
    }
  });

  test("is exceeded by one where it is one too low, in its own row alone", async () => {
    const low = (bounds: Row) => bounds.map((bound, n) => (n === 270 ? bound - 1 : bound));
    const { program, parts } = await opened("head", 270, low);
    expect(rowExceedsBound(program, "head", 270, parts)).toBe(true);
    const other = await opened("head", 271, low);
    expect(rowExceedsBound(other.program, "head", 271, other.parts)).toBe(false);
  });

  test("is not judged by parts that are missing, changed or of another row", async () => {
    const { program, parts } = await opened("head", 270);
    const unusable = (message: string) =>
      expect.objectContaining({ code: "evidence_unusable", message: expect.stringContaining(message) });
    // Two parts of each digit's row; of the bounds only the second part is read.
    for (const [i, { plane, part }] of parts.entries()) {
      if (plane === "head.bounds" && part === 0) continue;
      expect(() =>
        rowExceedsBound(
          program,
          "head",
          270,
          parts.filter((_, at) => at !== i),
        ),
      ).toThrow(unusable("is not opened"));
      const changed = parts.map((found, at) =>
        at === i ? { ...found, bytes: found.bytes.map((byte) => byte ^ 1) } : found,
      );
      expect(() => rowExceedsBound(program, "head", 270, changed)).toThrow(unusable("is not under root"));
    }
    expect(() => rowExceedsBound(program, "head", 269, parts)).toThrow(
      unusable('row 269 of plane "head" is not opened'),
    );
    for (const [table, row] of [
      ["head", 300],
      ["head", -1],
      ["exponents", 0],
      ["none", 0],
    ] as const) {
      expect(() => rowExceedsBound(program, table, row, parts)).toThrow(
        expect.objectContaining({ code: "rows_out_of_range" }),
      );
    }
  });
});
