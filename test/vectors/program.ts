import { bytesToHex, concat, type Hex, hexToBytes, keccak256, stringToHex } from "viem";
import { packed, pathOf, rootOf, uint32 } from "./trace.js";

// As in trace.ts: the definitions read off, without a line of what ships. A program of six operations, its document written
// out by hand, with a matrix of two digits, one of one, floats and integers; narrow, and with rows that take two parts.

interface PlaneRow {
  readonly name: string;
  readonly rows: number;
  readonly rowBytes: number;
  readonly data: Hex;
}

interface Size {
  readonly vocabulary: number;
  readonly hidden: number;
}

/** Digits ±127 (of low ones ±65), both ends among them. */
function digits(count: number, seed: number, most: number): number[] {
  return Array.from({ length: count }, (_, i) => ((i * 37 + seed * 11) % (2 * most + 1)) - most);
}

const int8 = (values: readonly number[]): Hex => bytesToHex(Uint8Array.from(values, (value) => value & 255));
/** Words of 32 bits, little endian. */
const words = (values: readonly number[]): Hex =>
  concat(values.map((value) => bytesToHex(hexToBytes(uint32(value)).reverse())));

/** Σ |w_j|, w in units of the lowest digit. */
function boundOf(high: readonly number[], low: readonly number[] | undefined): number {
  let sum = 0;
  high.forEach((digit, j) => {
    const w = low === undefined ? digit : 128 * digit + low[j]!;
    sum += w < 0 ? -w : w;
  });
  return sum;
}

function bounds(high: readonly number[], low: readonly number[] | undefined, columns: number): number[] {
  return Array.from({ length: high.length / columns }, (_, n) =>
    boundOf(high.slice(n * columns, (n + 1) * columns), low?.slice(n * columns, (n + 1) * columns)),
  );
}

function planesOf({ vocabulary, hidden }: Size): PlaneRow[] {
  const count = vocabulary * hidden;
  const [embedding, embeddingLow, head] = [digits(count, 1, 127), digits(count, 2, 65), digits(count, 3, 127)];
  const scales = Array.from({ length: vocabulary }, (_, n) => 0x3c000001 + 7 * n);
  const line = (name: string, values: readonly number[]): PlaneRow => ({
    name,
    rows: 1,
    rowBytes: 4 * values.length,
    data: words(values),
  });
  const matrix = (name: string, values: readonly number[]): PlaneRow => ({
    name,
    rows: vocabulary,
    rowBytes: hidden,
    data: int8(values),
  });
  return [
    matrix("embedding", embedding),
    matrix("embedding.low", embeddingLow),
    line("embedding.scales", scales),
    line("embedding.bounds", bounds(embedding, embeddingLow, hidden)),
    line("exponents", [956, 941, 926, 1, 0]),
    matrix("head", head),
    line(
      "head.bias",
      scales.map((bits) => bits + 2 ** 31),
    ),
    line("head.scales", scales),
    line("head.bounds", bounds(head, undefined, hidden)),
  ];
}

const idOf = (name: string): Hex => keccak256(stringToHex(`OpenLedger.Table.v1:${name}`));

/** Parts of 1,024 bytes of each row, in order. */
function partsOf({ name, rows, rowBytes, data }: PlaneRow) {
  return Array.from({ length: rows }, (_, row) => {
    const whole = data.slice(2 + 2 * row * rowBytes, 2 + 2 * (row + 1) * rowBytes);
    return whole.match(/.{1,2048}/g)!.map((text, part) => {
      const bytes: Hex = `0x${text}`;
      return { row, part, bytes, leaf: keccak256(concat(["0x03", idOf(name), uint32(row), uint32(part), bytes])) };
    });
  }).flat();
}

function rootOfPlane(plane: PlaneRow): Hex {
  const leaves = partsOf(plane).map(({ leaf }) => leaf);
  return rootOf(idOf(plane.name), leaves);
}

/** The document's canonical JSON. */
function documentOf({ vocabulary, hidden }: Size): string {
  const roots = new Map(planesOf({ vocabulary, hidden }).map((plane) => [plane.name, rootOfPlane(plane)]));
  const matrix = (name: string, count: 1 | 2): string =>
    `{"columns":${hidden},"digits":${count},"kind":"matrix","planes":{"bounds":"${roots.get(`${name}.bounds`)}",` +
    `"high":"${roots.get(name)}",${count === 2 ? `"low":"${roots.get(`${name}.low`)}",` : ""}` +
    `"scales":"${roots.get(`${name}.scales`)}"},"rows":${vocabulary}}`;
  return [
    '{"blocks":[{"from":0,"kind":"embedding","output":0,"to":1},{"from":1,"input":0,"kind":"layer","output":1,"to":2},',
    '{"from":2,"input":1,"kind":"head","to":6}],"format":"openledger.exact/1","logits":5,"ops":[',
    '{"kind":"embed","table":"embedding"},{"kind":"add","x":0,"y":0},',
    '{"groups":1,"kind":"rowScale","levels":127,"x":1},{"kind":"quantize","scale":2,"x":1},',
    '{"bias":"head.bias","kind":"linear","q":[3],"scale":2,"weights":"head"},{"kind":"integerLogits","x":4}],',
    `"shape":{"endToken":1,"feedForward":4,"headDim":4,"heads":1,"hidden":${hidden},"kvHeads":1,"layers":1,`,
    `"maxPositions":2,"vocabulary":${vocabulary}},"tables":{"embedding":${matrix("embedding", 2)},`,
    `"exponents":{"kind":"integers","length":5,"planes":{"data":"${roots.get("exponents")}"}},`,
    `"head":${matrix("head", 1)},"head.bias":{"columns":${vocabulary},"kind":"floats",`,
    `"planes":{"data":"${roots.get("head.bias")}"},"rows":1}},"tier":"w8a8"}`,
  ].join("");
}

const SIZES: readonly Size[] = [
  { vocabulary: 3, hidden: 4 },
  { vocabulary: 2, hidden: 1100 },
];

function programRows() {
  return SIZES.map((size) => {
    const document = stringToHex(documentOf(size));
    return { document, id: keccak256(document) };
  });
}

/** Every plane whole, with its last part opened. */
function planeRows() {
  return SIZES.flatMap((size, program) =>
    planesOf(size).map((plane) => {
      const parts = partsOf(plane);
      const { row, part, bytes } = parts.at(-1)!;
      const path = pathOf(
        parts.length - 1,
        parts.map(({ leaf }) => leaf),
      );
      return {
        program: `${program}`,
        name: plane.name,
        table: idOf(plane.name),
        root: rootOfPlane(plane),
        rows: `${plane.rows}`,
        rowBytes: `${plane.rowBytes}`,
        plane: plane.data,
        row: `${row}`,
        part: `${part}`,
        data: bytes,
        siblings: packed(path),
      };
    }),
  );
}

function boundRows() {
  const rows: readonly { readonly high: readonly number[]; readonly low?: readonly number[] }[] = [
    { high: [0] },
    { high: [127, -127, 1, -1, 0] },
    { high: new Array<number>(1536).fill(-127) },
    { high: [1, -1, 0, 0], low: [-65, 65, -65, 65] },
    { high: [127, -127, 127, -127], low: [65, -65, -65, 65] },
    { high: new Array<number>(700).fill(127), low: new Array<number>(700).fill(64) },
    { high: digits(576, 5, 127), low: digits(576, 6, 65) },
  ];
  return rows.map(({ high, low }) => ({
    high: int8(high),
    low: low === undefined ? "0x" : int8(low),
    bound: `${boundOf(high, low)}`,
  }));
}

export function programVectors() {
  return { programs: programRows(), planes: planeRows(), bounds: boundRows() };
}
