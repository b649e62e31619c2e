import { bytesToHex, concat, type Hex, keccak256, numberToHex, stringToHex } from "viem";

// As in documents.ts: arrays of flat objects whose values are hex or decimal strings. The definitions are read off RFC 6962
// by recursion, without a line of what ships.

const hashed = (text: string): Hex => keccak256(stringToHex(text));
export const uint32 = (value: number): Hex => numberToHex(value, { size: 4 });
const pattern = (length: number, seed: number): Hex =>
  bytesToHex(Uint8Array.from({ length }, (_, at) => (at * 31 + seed * 7 + (at >> 8)) & 255));
export const packed = (nodes: readonly Hex[]): Hex => `0x${nodes.map((node) => node.slice(2)).join("")}`;

const PROGRAM = hashed("program");

/** The largest power of two below n, n from 2. */
function split(n: number): number {
  let half = 1;
  while (half * 2 < n) half *= 2;
  return half;
}

/** MTH of RFC 6962, over nodes instead of entries. */
function treeOf(nodes: readonly Hex[]): Hex {
  if (nodes.length === 1) return nodes[0]!;
  const half = split(nodes.length);
  return keccak256(concat(["0x01", treeOf(nodes.slice(0, half)), treeOf(nodes.slice(half))]));
}

/** PATH of RFC 6962, bottom up. */
export function pathOf(index: number, nodes: readonly Hex[]): Hex[] {
  if (nodes.length === 1) return [];
  const half = split(nodes.length);
  return index < half
    ? [...pathOf(index, nodes.slice(0, half)), treeOf(nodes.slice(half))]
    : [...pathOf(index - half, nodes.slice(half)), treeOf(nodes.slice(0, half))];
}

export const rootOf = (id: Hex, nodes: readonly Hex[]): Hex =>
  keccak256(concat(["0x02", id, numberToHex(nodes.length, { size: 8 }), treeOf(nodes)]));

/** The trees over each 2^level leaves in turn. */
function levelOf(leaves: readonly Hex[], level: number): Hex[] {
  const size = 2 ** level;
  return Array.from({ length: Math.ceil(leaves.length / size) }, (_, i) =>
    treeOf(leaves.slice(i * size, (i + 1) * size)),
  );
}

/** Leaf i of the trees here: four bytes i of op i, position 2 i, part 3 i. */
function numberedLeaf(i: number): Hex {
  return keccak256(concat(["0x00", PROGRAM, uint32(i), uint32(2 * i), uint32(3 * i), uint32(i)]));
}

function leafRows() {
  const places = [
    { op: 0, position: 0, part: 0, length: 1 },
    { op: 1, position: 2, part: 3, length: 64 },
    { op: 70_000, position: 16_000, part: 2, length: 90 },
    { op: 4_294_967_295, position: 4_294_967_294, part: 4_294_967_293, length: 91 },
    { op: 7, position: 8, part: 9, length: 1024 },
    { op: 7, position: 8, part: 9, length: 4096 },
  ];
  return places.map(({ op, position, part, length }) => {
    const data = pattern(length, op % 251);
    const leaf = keccak256(concat(["0x00", PROGRAM, uint32(op), uint32(position), uint32(part), data]));
    return { programId: PROGRAM, op: `${op}`, position: `${position}`, part: `${part}`, data, leaf };
  });
}

const COUNTS = [1, 2, 3, 5, 6, 7, 8, 13, 21, 64, 65, 70];
const leavesOf = (count: number): Hex[] => Array.from({ length: count }, (_, i) => numberedLeaf(i));

function nodeRows() {
  return COUNTS.flatMap((count) => {
    const leaves = leavesOf(count);
    return [0, 1, 3].flatMap((level) => {
      if (2 ** level > count && level > 0) return [];
      const nodes = levelOf(leaves, level);
      const places = [...new Set([0, 1, Math.floor(nodes.length / 2), nodes.length - 2, nodes.length - 1])];
      return places
        .filter((index) => index >= 0 && index < nodes.length)
        .map((index) => ({
          id: PROGRAM,
          count: `${count}`,
          root: rootOf(PROGRAM, leaves),
          level: `${level}`,
          index: `${index}`,
          node: nodes[index]!,
          siblings: packed(pathOf(index, nodes)),
        }));
    });
  });
}

function revealRows() {
  const cases = [
    { count: 1, level: 0, index: 0, depth: 0 },
    { count: 2, level: 1, index: 0, depth: 1 },
    { count: 5, level: 3, index: 0, depth: 3 },
    { count: 5, level: 2, index: 1, depth: 2 },
    { count: 70, level: 7, index: 0, depth: 7 },
    { count: 70, level: 7, index: 0, depth: 3 },
    { count: 70, level: 6, index: 1, depth: 6 },
    { count: 70, level: 6, index: 0, depth: 6 },
    { count: 300, level: 9, index: 0, depth: 2 },
    { count: 300, level: 8, index: 0, depth: 8 },
  ];
  return cases.map(({ count, level, index, depth }) => {
    const leaves = leavesOf(count);
    return {
      count: `${count}`,
      level: `${level}`,
      index: `${index}`,
      depth: `${depth}`,
      node: levelOf(leaves, level)[index]!,
      nodes: packed(levelOf(leaves, level - depth).slice(index * 2 ** depth, (index + 1) * 2 ** depth)),
    };
  });
}

/** Every table's rows here. */
export const tableRow = (rowBytes: number, row: number): Hex => pattern(rowBytes, row);

function tableRows() {
  const tables = [
    { name: "exp", rows: 1, rowBytes: 4 * 854, open: [0, 3] },
    { name: "model.layers.0.self_attn.q_proj.weight", rows: 5, rowBytes: 64, open: [0, 3, 4] },
    { name: "model.layers.0.mlp.down_proj.weight", rows: 3, rowBytes: 1536, open: [0, 1, 5] },
    { name: "one part", rows: 2, rowBytes: 1024, open: [1] },
    { name: "one byte more", rows: 2, rowBytes: 1025, open: [1, 2] },
  ];
  return tables.flatMap(({ name, rows, rowBytes, open }) => {
    const table = keccak256(stringToHex(`OpenLedger.Table.v1:${name}`));
    const parts = Array.from({ length: rows }, (_, row) => {
      const whole = pattern(rowBytes, row);
      const cut: Hex[] = whole
        .slice(2)
        .match(/.{1,2048}/g)!
        .map((part): Hex => `0x${part}`);
      return cut.map((data, part) => ({ row, part, data }));
    }).flat();
    const leaves = parts.map(({ row, part, data }) =>
      keccak256(concat(["0x03", table, uint32(row), uint32(part), data])),
    );
    return open.map((index) => {
      const { row, part, data } = parts[index]!;
      return {
        name,
        table,
        root: rootOf(table, leaves),
        rows: `${rows}`,
        rowBytes: `${rowBytes}`,
        row: `${row}`,
        part: `${part}`,
        data,
        siblings: packed(pathOf(index, leaves)),
      };
    });
  });
}

function programRows() {
  const texts = [
    "{}",
    '{"format":"x","ops":[{"kind":"add","scale":"3f800000"},{"k":-7,"kind":"mul"}]}',
    '["é","\\n",0]',
  ];
  return texts.map((text) => ({ document: stringToHex(text), id: keccak256(stringToHex(text)) }));
}

export function traceDocument() {
  return {
    leaves: leafRows(),
    nodes: nodeRows(),
    reveals: revealRows(),
    tables: tableRows(),
    programs: programRows(),
  };
}
