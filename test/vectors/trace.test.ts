import { readFileSync } from "node:fs";
import {
  type JsonValue,
  loadKeccak,
  programId,
  rowProof,
  rowsTree,
  TraceTreeRecorder,
  tableId,
  traceLeaf,
  verifyNode,
  verifyReveal,
  verifyRow,
} from "@openledger/sdk";
import { bytesToHex, concat, type Hex, hexToBytes, hexToString, numberToBytes } from "viem";
import { describe, expect, it } from "vitest";
import { tableRow, traceDocument } from "./trace.js";

const keccak = await loadKeccak();
const document = traceDocument();

const nodesOf = (packed: Hex): Uint8Array[] =>
  (packed.slice(2).match(/.{64}/g) ?? []).map((node) => hexToBytes(`0x${node}`));

/** The tree over the numbered leaves of the vectors, in blocks of four. */
function treeOf(program: Hex, count: number) {
  const recorder = new TraceTreeRecorder(keccak, { blockLevel: 2 });
  const leaf = (i: number) =>
    traceLeaf(program, { op: i, position: 2 * i, part: 3 * i }, numberToBytes(i, { size: 4 }));
  for (let i = 0; i < count; i++) recorder.append(leaf(i));
  return recorder.tree((first, size) =>
    Uint8Array.from(Array.from({ length: size }, (_, i) => [...leaf(first + i)]).flat()),
  );
}

describe("trace vectors", () => {
  it("are what the definitions give", () => {
    const stored = readFileSync(new URL("../../vectors/trace.json", import.meta.url), "utf8");
    expect(JSON.parse(stored)).toEqual(document);
  });

  it("leaves and programs", () => {
    for (const row of document.leaves) {
      const place = { op: Number(row.op), position: Number(row.position), part: Number(row.part) };
      expect(bytesToHex(traceLeaf(row.programId, place, hexToBytes(row.data)))).toBe(row.leaf);
    }
    for (const row of document.programs) {
      expect(programId(JSON.parse(hexToString(row.document)) as JsonValue)).toBe(row.id);
    }
  });

  it("nodes and their proofs", async () => {
    for (const row of document.nodes) {
      const place = { level: Number(row.level), index: Number(row.index) };
      const tree = treeOf(row.id, Number(row.count));
      const siblings = await tree.proof(place);

      expect(tree.root(row.id)).toBe(row.root);
      expect(siblings).toEqual(nodesOf(row.siblings));
      expect(await tree.reveal(place, 0)).toEqual(hexToBytes(row.node));
      const claim = { root: row.root, id: row.id, count: Number(row.count) };
      expect(verifyNode(claim, place, hexToBytes(row.node), siblings)).toBe(true);
    }
  });

  it("reveals", async () => {
    const program = document.leaves[0]!.programId;
    for (const row of document.reveals) {
      const place = { level: Number(row.level), index: Number(row.index) };
      const count = Number(row.count);

      const revealed = await treeOf(program, count).reveal(place, Number(row.depth));

      expect(bytesToHex(revealed)).toBe(row.nodes);
      expect(verifyReveal(count, place, hexToBytes(row.node), Number(row.depth), revealed)).toBe(true);
    }
  });

  it("tables and their rows", async () => {
    for (const row of document.tables) {
      const shape = { table: tableId(row.name), rows: Number(row.rows), rowBytes: Number(row.rowBytes) };
      const bytes = hexToBytes(concat(Array.from({ length: shape.rows }, (_, i) => tableRow(shape.rowBytes, i))));
      const tree = rowsTree(keccak, shape, bytes);
      const proof = await rowProof(tree, shape, bytes, { row: Number(row.row), part: Number(row.part) });

      expect(shape.table).toBe(row.table);
      expect(tree.root(shape.table)).toBe(row.root);
      expect(bytesToHex(proof.bytes)).toBe(row.data);
      expect(proof.siblings).toEqual(nodesOf(row.siblings));
      expect(verifyRow(row.root, shape, proof)).toBe(true);
    }
  });
});
