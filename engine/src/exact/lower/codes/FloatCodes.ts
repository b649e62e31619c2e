import type { Value } from "../../../onnx/graph.js";
import { SUM_CHUNK, type TableName } from "../../program/Op.js";
import type { Lowering } from "../Lowering.js";
import {
  addPairs,
  type CodeForm,
  type CodeRows,
  digitPower,
  scaledPower,
  type ValueParts,
  type WeightParts,
} from "./CodeForm.js";
import { cast } from "./cast.js";
import { transposed } from "./transposed.js";

/** Below this every order of adding integers is exact in binary32. */
const EXACT = 2 ** 24;

/**
 * Codes as f32 integers and products as fp32 matrix products over integers, for any device that adds and multiplies
 * binary32 correctly: no kernel for bytes is needed. Sums that the weights let pass 2^24 are made in chunks.
 */
export class FloatCodes implements CodeForm {
  readonly name = "f32";
  readonly cacheType = "int8";

  quantize(lowering: Lowering, rows: CodeRows): Value {
    return this.rounded(lowering, rows, -127, 127);
  }

  quantizeUnsigned(lowering: Lowering, rows: CodeRows): Value {
    return this.rounded(lowering, rows, 0, 255);
  }

  quantizeRest(lowering: Lowering, rows: CodeRows, high: Value): Value {
    const { graph } = lowering;
    const { x, scale } = rows;
    const known = graph.mul(high, column(lowering, scale));
    const step = graph.mul(scale, graph.scalar(1 / 128));
    return this.quantize(lowering, { ...rows, x: graph.sub(x, known), scale: step });
  }

  toFloat(_: Lowering, codes: Value): Value {
    return codes;
  }

  linear(lowering: Lowering, codes: readonly Value[], name: TableName, from: number, to: number): Value {
    const { graph } = lowering;
    const table = lowering.matrix(name);
    const suffix = from === 0 && to === table.rows ? "" : `.${from}.${to}`;
    const scales = lowering.once(`${name}.scales${suffix}`, () =>
      lowering.isFed(name)
        ? graph.input(`${name}.scales${suffix}`, "float", [to - from])
        : graph.constant(`${name}.scales${suffix}`, table.scales.slice(from, to), [to - from]),
    );
    const digits = this.weightChunks(lowering, name, from, to);
    return addPairs(lowering, codes.length, digits.length, (k, m) => {
      const sum = this.sumOfChunks(lowering, codes[k]!, digits[m]!);
      return scaledPower(lowering, graph.mul(sum, scales), digitPower(k, m));
    });
  }

  scores(lowering: Lowering, queries: readonly Value[], keys: readonly Value[], keyScale: Value): Value {
    const { graph } = lowering;
    requireDepth(queries[0]!);
    return addPairs(lowering, queries.length, keys.length, (k, m) =>
      scaledPower(lowering, graph.mul(graph.matmul(queries[k]!, keys[m]!), keyScale), digitPower(k, m)),
    );
  }

  mix(lowering: Lowering, weights: readonly WeightParts[], values: readonly ValueParts[]): Value {
    const { graph } = lowering;
    const products = this.mixProducts(lowering, weights, values);
    return addPairs(lowering, weights.length, values.length, (k, m) => {
      const sum = products(k, m).reduce((total, part) => graph.add(total, part));
      return scaledPower(lowering, cast(lowering, sum, "float32"), digitPower(k, m));
    });
  }

  cached(lowering: Lowering, fed: Value): Value {
    return cast(lowering, fed, "float32");
  }

  codes(lowering: Lowering, integers: Value): Value {
    return cast(lowering, integers, "float32");
  }

  integers(lowering: Lowering, codes: Value): Value {
    return cast(lowering, codes, "float64");
  }

  linearSums(lowering: Lowering, codes: readonly Value[], name: TableName, from: number, to: number): Value[][] {
    const digits = this.weightChunks(lowering, name, from, to);
    return codes.map((code) =>
      digits.map((chunks) => this.exactSum(lowering, this.productsOfChunks(lowering, code, chunks))),
    );
  }

  scoreSums(lowering: Lowering, queries: readonly Value[], keys: readonly Value[]): Value[][] {
    requireDepth(queries[0]!);
    return queries.map((query) => keys.map((key) => this.exactSum(lowering, [lowering.graph.matmul(query, key)])));
  }

  mixSums(lowering: Lowering, weights: readonly WeightParts[], values: readonly ValueParts[]): Value[][] {
    const products = this.mixProducts(lowering, weights, values);
    return weights.map((_, k) => values.map((__, m) => this.exactSum(lowering, products(k, m))));
  }

  /** Products of parts, in binary32 where their sum cannot reach 2^24, else in binary64. */
  private mixProducts(
    lowering: Lowering,
    weights: readonly WeightParts[],
    values: readonly ValueParts[],
  ): (k: number, m: number) => Value[] {
    const largest = weights.length === 1 ? 255 : 127;
    const exact = lowering.program.shape.maxPositions * largest * 127 < EXACT;
    const wide = (x: Value): Value => (exact ? x : cast(lowering, x, "float64"));
    return (k, m) => weights[k]!.map((part, i) => lowering.graph.matmul(wide(part), wide(values[m]![i]!)));
  }

  /** Chunks of the columns of each digit of a matrix's rows `from` to `to`, each `[columns, to − from]`. */
  private weightChunks(lowering: Lowering, name: TableName, from: number, to: number): Value[][] {
    const { rows, columns, high, low } = lowering.matrix(name);
    const suffix = from === 0 && to === rows ? "" : `.${from}.${to}`;
    const digits = low === undefined ? [high] : [high, low];
    return digits.map((digit, m) =>
      lowering.isFed(name)
        ? this.fedChunks(lowering, `${name}.${m === 0 ? "high" : "low"}${suffix}`, [columns, to - from])
        : this.chunks(lowering, `${name}.${m}${suffix}`, digit, { from, to, columns }),
    );
  }

  private exactSum(lowering: Lowering, parts: readonly Value[]): Value {
    return parts.map((part) => cast(lowering, part, "float64")).reduce((a, b) => lowering.graph.add(a, b));
  }

  /** Clamped before it is rounded, which is the same between integers. */
  private rounded(lowering: Lowering, { x, scale }: CodeRows, least: number, most: number): Value {
    const { graph } = lowering;
    const steps = graph.div(x, column(lowering, scale));
    const clamped = graph.custom("Clip", [steps, graph.scalar(least), graph.scalar(most)], "float32", x.shape);
    return graph.custom("Round", [clamped], "float32", x.shape);
  }

  private chunks(
    lowering: Lowering,
    name: string,
    data: Int8Array,
    { from, to, columns }: { readonly from: number; readonly to: number; readonly columns: number },
  ): Value[] {
    const rows = data.subarray(from * columns, to * columns);
    const size = chunkSize(rows, columns);
    const count = Math.ceil(columns / size);
    return Array.from({ length: count }, (_, i) =>
      lowering.once(`${name}.chunk.${i}`, () => {
        const width = Math.min(size, columns - i * size);
        return lowering.graph.bulk(`${name}.chunk.${i}`, "float32", [width, to - from], () => {
          const part = new Float32Array((to - from) * width);
          for (let n = 0; n < to - from; n++) {
            part.set(rows.subarray(n * columns + i * size, n * columns + i * size + width), n * width);
          }
          return [transposed(part, to - from, width)];
        });
      }),
    );
  }

  private fedChunks(lowering: Lowering, name: string, [columns, rows]: readonly [number, number]): Value[] {
    const { graph } = lowering;
    const fed = lowering.once(name, () => graph.input(name, "int8", [columns, rows]));
    const all = lowering.once(`${name}.f32`, () => cast(lowering, fed, "float32"));
    if (columns <= SUM_CHUNK) return [all];
    return Array.from({ length: Math.ceil(columns / SUM_CHUNK) }, (_, i) =>
      lowering.once(`${name}.chunk.${i}`, () =>
        graph.slice(all, 0, i * SUM_CHUNK, Math.min(columns, (i + 1) * SUM_CHUNK)),
      ),
    );
  }

  /** fl of the exact sum: one rounding of two exact partial sums, or of all of them in binary64. */
  private sumOfChunks(lowering: Lowering, codes: Value, chunks: readonly Value[]): Value {
    const products = this.productsOfChunks(lowering, codes, chunks);
    if (products.length === 1) return products[0]!;
    if (products.length === 2) return lowering.graph.add(products[0]!, products[1]!);
    return cast(lowering, this.exactSum(lowering, products), "float32");
  }

  private productsOfChunks(lowering: Lowering, codes: Value, chunks: readonly Value[]): Value[] {
    const { graph } = lowering;
    if (chunks.length === 1) return [graph.matmul(codes, chunks[0]!)];
    const sizes = chunks.map(({ shape }) => shape[0] as number);
    const parts = graph.customMany(
      "Split",
      [codes, graph.integers(sizes)],
      sizes.map((size) => ({ type: "float32" as const, shape: [codes.shape[0]!, size] })),
      { attributes: { axis: 1 } },
    );
    return parts.map((part, i) => graph.matmul(part, chunks[i]!));
  }
}

function requireDepth(query: Value): void {
  const depth = query.shape.at(-1) as number;
  if (depth > SUM_CHUNK) throw new Error(`a head dimension of ${depth} is above ${SUM_CHUNK}: its sums pass 2^24`);
}

/** All columns at once where no row's sum of 127 · |w| reaches 2^24, else as many as are safe whatever the weights. */
function chunkSize(rows: Int8Array, columns: number): number {
  if (columns <= SUM_CHUNK) return columns;
  for (let at = 0; at < rows.length; at += columns) {
    let magnitude = 0;
    for (let k = 0; k < columns; k++) magnitude += Math.abs(rows[at + k]!);
    if (127 * magnitude >= EXACT) return SUM_CHUNK;
  }
  return columns;
}

function column(lowering: Lowering, scale: Value): Value {
  return lowering.reshape(scale, [scale.shape[0]!, 1]);
}
