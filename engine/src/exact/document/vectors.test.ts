import { readFileSync } from "node:fs";
import { loadKeccak } from "@openledger/sdk";
import { describe, expect, test } from "vitest";
import { outlineOf } from "../program/TableOutline.js";
import { decodeElements, elementBytes } from "../reference/elementBytes.js";
import { ELEMENT_BYTES } from "../reference/Row.js";
import { referenceRun } from "../reference/referenceRun.js";
import { commitProgram } from "./commitProgram.js";
import { planeTables } from "./planeTables.js";
import { readProgramDocument } from "./readProgramDocument.js";
import { planeElements, planeOf } from "./tablePlanes.js";
import { verifyTables } from "./verifyTables.js";

const keccak = await loadKeccak();

/** From engine/dist/exact/document. */
const file = new URL("../../../../test/vectors/program.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as {
  readonly programs: readonly { readonly document: string; readonly id: string }[];
  readonly planes: readonly {
    readonly program: string;
    readonly name: string;
    readonly root: string;
    readonly plane: string;
  }[];
};

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.slice(2), "hex"));

describe("the vectors of programs", () => {
  test.each(vectors.programs.map((row, i) => [i, row] as const))(
    "are read and committed to as they say: %i",
    (i, row) => {
      const read = readProgramDocument(bytesOf(row.document));
      expect(read.id).toBe(row.id);
      const planes = vectors.planes.filter(({ program }) => program === `${i}`);
      expect(new Map([...read.planes].map(([name, { root }]) => [name, root]))).toEqual(
        new Map(planes.map(({ name, root }) => [name, root])),
      );

      const outlines = new Map([...read.program.tables].map(([name, table]) => [name, outlineOf(table)]));
      const elements = new Map(planes.map(({ name, plane }) => [name, bytesOf(plane)]));
      const tables = planeTables(outlines, (table, plane) => {
        const { name, type } = planeOf(table, outlines.get(table)!, plane);
        const bytes = elements.get(name)!;
        return decodeElements(type, bytes.length / ELEMENT_BYTES[type], bytes);
      });
      const committed = commitProgram(keccak, { ...read.program, tables });

      expect([committed.id, committed.planes]).toEqual([row.id, read.planes]);
      for (const { name, table, plane } of committed.planes.values()) {
        expect(elementBytes(planeElements(tables.get(table)!, plane)), name).toEqual(elements.get(name));
      }
      verifyTables(keccak, committed, (table, plane) => planeElements(tables.get(table)!, plane));
      expect(referenceRun(committed.program, [1, 0]).logits).toHaveLength(2);
    },
  );
});
