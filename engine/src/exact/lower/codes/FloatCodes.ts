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
import { transposed } from "./transposed.js";

/** Below this every order of adding integers is exact in binary32. */
const EXACT = 2 ** 24;
/** TensorProto.DataType */
const FLOAT = 1;
const DOUBLE = 11;

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
    const digits = table.low === undefined ? [table.high] : [table.high, table.low];
    return addPairs(lowering, codes.length, digits.length, (k, m) => {
      const chunks = lowering.isFed(name)
        ? this.fedChunks(lowering, `${name}.${m === 0 ? "high" : "low"}${suffix}`, [table.columns, to - from])
        : this.chunks(lowering, `${name}.${m}${suffix}`, digits[m]!, { from, to, columns: table.columns });
      const sum = this.sumOfChunks(lowering, codes[k]!, chunks);
      return scaledPower(lowering, graph.mul(sum, scales), digitPower(k, m));
    });
  }

  scores(lowering: Lowering, queries: readonly Value[], keys: readonly Value[], keyScale: Value): Value {
    const { graph } = lowering;
    const depth = queries[0]!.shape.at(-1) as number;
    if (depth > SUM_CHUNK) throw new Error(`a head dimension of ${depth} is above ${SUM_CHUNK}: its sums pass 2^24`);
    return addPairs(lowering, queries.length, keys.length, (k, m) =>
      scaledPower(lowering, graph.mul(graph.matmul(queries[k]!, keys[m]!), keyScale), digitPower(k, m)),
    );
  }

  mix(lowering: Lowering, weights: readonly WeightParts[], values: readonly ValueParts[]): Value {
    const { graph } = lowering;
    const largest = weights.length === 1 ? 255 : 127;
    const exact = lowering.program.shape.maxPositions * largest * 127 < EXACT;
    const wide = (x: Value): Value => (exact ? x : cast(lowering, x, DOUBLE));
    return addPairs(lowering, weights.length, values.length, (k, m) => {
      const parts = weights[k]!.map((part, i) => graph.matmul(wide(part), wide(values[m]![i]!)));
      const sum = parts.reduce((total, part) => graph.add(total, part));
      return scaledPower(lowering, exact ? sum : cast(lowering, sum, FLOAT), digitPower(k, m));
    });
  }

  cached(lowering: Lowering, fed: Value): Value {
    return cast(lowering, fed, FLOAT);
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
    const all = lowering.once(`${name}.f32`, () => cast(lowering, fed, FLOAT));
    if (columns <= SUM_CHUNK) return [all];
    return Array.from({ length: Math.ceil(columns / SUM_CHUNK) }, (_, i) =>
      lowering.once(`${name}.chunk.${i}`, () =>
        graph.slice(all, 0, i * SUM_CHUNK, Math.min(columns, (i + 1) * SUM_CHUNK)),
      ),
    );
  }

  /** fl of the exact sum: one rounding of two exact partial sums, or of all of them in binary64. */
  private sumOfChunks(lowering: Lowering, codes: Value, chunks: readonly Value[]): Value {
    const { graph } = lowering;
    if (chunks.length === 1) return graph.matmul(codes, chunks[0]!);
    const sizes = chunks.map(({ shape }) => shape[0] as number);
    const parts = graph.customMany(
      "Split",
      [codes, graph.integers(sizes)],
      sizes.map((size) => ({ type: "float32" as const, shape: [codes.shape[0]!, size] })),
      { attributes: { axis: 1 } },
    );
    const products = parts.map((part, i) => graph.matmul(part, chunks[i]!));
    if (products.length === 2) return graph.add(products[0]!, products[1]!);
    const sum = products.map((product) => cast(lowering, product, DOUBLE)).reduce((a, b) => graph.add(a, b));
    return cast(lowering, sum, FLOAT);
  }
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

function cast(lowering: Lowering, x: Value, to: typeof FLOAT | typeof DOUBLE): Value {
  return lowering.graph.custom("Cast", [x], to === FLOAT ? "float32" : "float64", x.shape, { attributes: { to } });
}
