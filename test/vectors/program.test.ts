import { readFileSync } from "node:fs";
import {
  type JsonValue,
  loadKeccak,
  programId,
  rowBound,
  rowProof,
  rowsTree,
  tableId,
  verifyRow,
} from "@openledger/sdk";
import { bytesToHex, concat, hexToBytes, hexToString } from "viem";
import { describe, expect, it } from "vitest";
import { programVectors } from "./program.js";

const keccak = await loadKeccak();
const vectors = programVectors();
const int8 = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

describe("program vectors", () => {
  it("are what the definitions give", () => {
    const stored = readFileSync(new URL("../../vectors/program.json", import.meta.url), "utf8");
    expect(JSON.parse(stored)).toEqual(vectors);
  });

  it("ids of documents", () => {
    for (const row of vectors.programs) {
      expect(programId(JSON.parse(hexToString(row.document)) as JsonValue)).toBe(row.id);
    }
  });

  it("roots and parts of planes", async () => {
    for (const row of vectors.planes) {
      const shape = { table: tableId(row.name), rows: Number(row.rows), rowBytes: Number(row.rowBytes) };
      const bytes = hexToBytes(row.plane);
      const tree = rowsTree(keccak, shape, bytes);
      const proof = await rowProof(tree, shape, bytes, { row: Number(row.row), part: Number(row.part) });

      expect([shape.table, tree.root(shape.table)]).toEqual([row.table, row.root]);
      expect(bytesToHex(proof.bytes)).toBe(row.data);
      expect(concat(["0x", ...proof.siblings.map((sibling) => bytesToHex(sibling))])).toBe(row.siblings);
      expect(verifyRow(row.root, shape, proof)).toBe(true);
    }
  });

  it("bounds of rows", () => {
    for (const { high, low, bound } of vectors.bounds) {
      const second = low === "0x" ? undefined : int8(hexToBytes(low));
      expect(`${rowBound(int8(hexToBytes(high)), second)}`).toBe(bound);
    }
  });
});
