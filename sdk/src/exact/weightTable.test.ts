import fc from "fast-check";
import { bytesToHex } from "viem";
import { describe, expect, it } from "vitest";
import { loadKeccak } from "./Keccak.js";
import { traceLeaf } from "./traceLeaf.js";
import {
  hashTable,
  ROW_PART_BYTES,
  rowLeaf,
  rowParts,
  rowProof,
  rowsRoot,
  rowsTree,
  tableId,
  verifyRow,
} from "./weightTable.js";

const keccak = await loadKeccak();
const table = tableId("model.layers.0.mlp.up_proj.weight");
const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 73 + (at >> 8)) & 255);

describe("weight table", () => {
  it("opens every part of every row", async () => {
    const shapes = fc.record({ rows: fc.integer({ min: 1, max: 9 }), rowBytes: fc.integer({ min: 1, max: 3000 }) });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ rows, rowBytes }) => {
        const shape = { table, rows, rowBytes };
        const bytes = pattern(rows * rowBytes);
        const tree = rowsTree(keccak, shape, bytes);
        const root = rowsRoot(keccak, shape, bytes);
        const opened: number[] = [];
        for (let row = 0; row < rows; row++) {
          for (let part = 0; part < rowParts(rowBytes); part++) {
            const proof = await rowProof(tree, shape, bytes, { row, part });
            expect(proof.bytes.length).toBeLessThanOrEqual(ROW_PART_BYTES);
            expect(verifyRow(root, shape, proof)).toBe(true);
            opened.push(...proof.bytes);
          }
        }
        expect(Uint8Array.from(opened)).toEqual(bytes);
      }),
      { numRuns: 25 },
    );
  });

  it("finds no part elsewhere, changed, in another table or another shape", async () => {
    const shape = { table, rows: 2, rowBytes: 2048 };
    // All parts equal: only their places tell them apart.
    const bytes = new Uint8Array(4096);
    const root = rowsRoot(keccak, shape, bytes);
    const proof = await rowProof(rowsTree(keccak, shape, bytes), shape, bytes, { row: 0, part: 1 });

    expect(verifyRow(root, shape, proof)).toBe(true);
    expect(verifyRow(root, shape, { ...proof, row: 1, part: 0 })).toBe(false);
    expect(verifyRow(root, shape, { ...proof, row: 2, part: 1 })).toBe(false);
    expect(verifyRow(root, shape, { ...proof, part: 2 })).toBe(false);
    expect(verifyRow(root, shape, { ...proof, part: 0.5 })).toBe(false);
    expect(verifyRow(root, shape, { ...proof, bytes: proof.bytes.slice(1) })).toBe(false);
    expect(verifyRow(root, shape, { ...proof, bytes: new Uint8Array(1024).fill(1) })).toBe(false);
    expect(verifyRow(root, { ...shape, table: tableId("other") }, proof)).toBe(false);
    expect(verifyRow(root, { table, rows: 4, rowBytes: 1024 }, { ...proof, row: 1, part: 0 })).toBe(false);
    expect(verifyRow(root, { table, rows: 3, rowBytes: 2048 }, proof)).toBe(false);
  });

  it("has leaves that are no trace's leaves", () => {
    const row = pattern(64);
    const inTrace = traceLeaf(table, { op: 1, position: 2, part: 3 }, row);
    const inTable = rowLeaf(table, 1, 2, Uint8Array.of(0, 0, 0, 3, ...row));
    expect(bytesToHex(inTable)).not.toBe(bytesToHex(inTrace));
  });

  it("crosses its batches and blocks", async () => {
    const shape = { table, rows: 9001, rowBytes: 3 };
    const bytes = pattern(3 * 9001);
    const tree = rowsTree(keccak, shape, bytes);
    for (const row of [0, 1023, 1024, 4095, 4096, 8999, 9000]) {
      const proof = await rowProof(tree, shape, bytes, { row, part: 0 });
      expect(verifyRow(tree.root(table), shape, proof)).toBe(true);
    }
  });

  it("takes a constant table as one row", async () => {
    const bytes = pattern(4 * 1018);
    const shape = { table: tableId("sigmoid"), rows: 1, rowBytes: bytes.length };
    const root = hashTable(keccak, shape.table, bytes);
    const proof = await rowProof(rowsTree(keccak, shape, bytes), shape, bytes, { row: 0, part: 3 });
    expect(verifyRow(root, shape, proof)).toBe(true);
    expect(hashTable(keccak, tableId("exp"), bytes)).not.toBe(root);
  });

  it("refuses a shape that is not the table's", async () => {
    const bytes = pattern(64);
    expect(() => rowsRoot(keccak, { table, rows: 3, rowBytes: 32 }, bytes)).toThrow(/3 rows of 32 bytes/);
    expect(() => rowsRoot(keccak, { table, rows: 0, rowBytes: 32 }, bytes)).toThrow(/rows: expected/);
    expect(() => hashTable(keccak, table, new Uint8Array(0))).toThrow(/rowBytes: expected/);
    expect(() => rowsRoot(keccak, { table: "0x1", rows: 2, rowBytes: 32 }, bytes)).toThrow(/table/);
    const shape = { table, rows: 2, rowBytes: 32 };
    await expect(rowProof(rowsTree(keccak, shape, bytes), shape, bytes, { row: 2, part: 0 })).rejects.toThrow(/part/);
  });
});
