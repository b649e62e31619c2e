import type { Value } from "../../../onnx/graph.js";
import type { TableName } from "../../program/Op.js";
import { digitsOf } from "../../program/TableOutline.js";
import type { Lowering } from "../Lowering.js";
import {
  addPairs,
  type CacheType,
  type CodeForm,
  type CodeRows,
  digitPower,
  type Side,
  scaledPower,
  type ValueParts,
  type WeightParts,
} from "./CodeForm.js";
import { cast } from "./cast.js";

const ZERO = 128;
/** TensorProto.DataType: without a zero point nothing else tells QuantizeLinear's output. */
const INT8 = 3;

/** Codes in bytes, products into int32 by MatMulInteger and its relative that scales by column in the same pass. */
export class IntegerCodes implements CodeForm {
  readonly cacheType: CacheType;

  constructor(readonly name: "u8s8" | "u8u8") {
    this.cacheType = name === "u8s8" ? "int8" : "uint8";
  }

  quantize(lowering: Lowering, rows: CodeRows, range: "within" | "beyond"): Value {
    const codes = this.codesOf(lowering, rows);
    if (range === "within") return codes;
    // Saturated codes would reach −128.
    const { graph } = lowering;
    const least = codes.type === "int8" ? Int8Array.of(-127) : Uint8Array.of(ZERO - 127);
    const bound = lowering.once(`least.${codes.type}`, () => graph.constant(`least.${codes.type}`, least, []));
    return graph.custom("Max", [codes, bound], codes.type, codes.shape);
  }

  quantizeUnsigned(lowering: Lowering, { x, scale }: CodeRows): Value {
    return lowering.graph.custom("QuantizeLinear", [x, scale], "uint8", x.shape, { attributes: { axis: 0 } });
  }

  quantizeRest(lowering: Lowering, rows: CodeRows, high: Value): Value {
    const { graph } = lowering;
    const { x, scale, groups, side } = rows;
    const zero = this.isSigned(side) ? [] : [lowering.zeroPoints(groups)];
    const known = graph.custom("DequantizeLinear", [high, scale, ...zero], "float32", high.shape, {
      attributes: { axis: 0 },
    });
    const step = graph.mul(scale, graph.scalar(1 / 128));
    return this.quantize(lowering, { ...rows, x: graph.sub(x, known), scale: step }, "beyond");
  }

  toFloat(lowering: Lowering, codes: Value, side: Side): Value {
    const zero = this.isSigned(side) ? [] : [zeroPoint(lowering)];
    return lowering.graph.custom("DequantizeLinear", [codes, one(lowering), ...zero], "float32", codes.shape);
  }

  /** Two digits of activations are laid one below the other, so that the weights are read once for both. */
  linear(lowering: Lowering, codes: readonly Value[], table: TableName, from: number, to: number): Value {
    const { graph } = lowering;
    const stacked = codes.length === 1 ? codes[0]! : graph.concat(codes, 0);
    const width = to - from;
    const scalesOf = this.weightScales(lowering, table, from, to);
    const products = this.weightDigits(lowering, table, from, to).map((digits, m) => {
      const scales = scalesOf(m);
      const rows = stacked.shape[0]!;
      const product = this.scaled(lowering, stacked, digits, scales, [rows, width]);
      if (codes.length === 1) return [product];
      const half = { type: "float32" as const, shape: [codes[0]!.shape[0]!, width] };
      return graph.customMany("Split", [product], [half, half], { attributes: { axis: 0, num_outputs: 2 } });
    });
    return addPairs(lowering, codes.length, products.length, (k, m) =>
      // The scales of a low digit of weights are divided by 128 already.
      scaledPower(lowering, products[m]![k]!, digitPower(k, 0)),
    );
  }

  scores(lowering: Lowering, queries: readonly Value[], keys: readonly Value[], keyScale: Value): Value {
    return addPairs(lowering, queries.length, keys.length, (k, m) => {
      const [query, key] = [queries[k]!, keys[m]!];
      const shape = [...query.shape.slice(0, -1), key.shape.at(-1)!];
      return scaledPower(lowering, this.scaled(lowering, query, key, keyScale, shape), digitPower(k, m));
    });
  }

  mix(lowering: Lowering, weights: readonly WeightParts[], values: readonly ValueParts[]): Value {
    const zero = weights.length === 1 ? unsignedZero(lowering) : zeroPoint(lowering);
    return addPairs(lowering, weights.length, values.length, (k, m) =>
      // The cast rounds half to even.
      scaledPower(
        lowering,
        cast(lowering, this.mixed(lowering, weights[k]!, values[m]!, zero), "float32"),
        digitPower(k, m),
      ),
    );
  }

  cached(_: Lowering, fed: Value): Value {
    return fed;
  }

  codes(lowering: Lowering, integers: Value, side: Side | "unsigned"): Value {
    const { graph } = lowering;
    if (side === "unsigned") return cast(lowering, integers, "uint8");
    if (this.isSigned(side)) return cast(lowering, integers, "int8");
    return cast(lowering, graph.add(integers, graph.scalar(ZERO)), "uint8");
  }

  integers(lowering: Lowering, codes: Value, side: Side): Value {
    const { graph } = lowering;
    const integers = cast(lowering, codes, "float64");
    return this.isSigned(side) ? integers : graph.sub(integers, graph.scalar(ZERO));
  }

  linearSums(lowering: Lowering, codes: readonly Value[], table: TableName, from: number, to: number): Value[][] {
    const { graph } = lowering;
    const stacked = codes.length === 1 ? codes[0]! : graph.concat(codes, 0);
    const half = { type: "float64" as const, shape: [codes[0]!.shape[0]!, to - from] };
    const products = this.weightDigits(lowering, table, from, to).map((digits) => {
      const product = cast(lowering, this.product(lowering, stacked, digits, zeroPoint(lowering)), "float64");
      if (codes.length === 1) return [product];
      return graph.customMany("Split", [product], [half, half], { attributes: { axis: 0, num_outputs: 2 } });
    });
    return codes.map((_, k) => products.map((product) => product[k]!));
  }

  scoreSums(lowering: Lowering, queries: readonly Value[], keys: readonly Value[]): Value[][] {
    const product = (query: Value, key: Value) => this.product(lowering, query, key, zeroPoint(lowering));
    return queries.map((query) => keys.map((key) => cast(lowering, product(query, key), "float64")));
  }

  mixSums(lowering: Lowering, weights: readonly WeightParts[], values: readonly ValueParts[]): Value[][] {
    const zero = weights.length === 1 ? unsignedZero(lowering) : zeroPoint(lowering);
    return weights.map((parts) =>
      values.map((value) => cast(lowering, this.mixed(lowering, parts, value, zero), "float64")),
    );
  }

  private mixed(lowering: Lowering, weights: WeightParts, values: ValueParts, zero: Value): Value {
    return weights
      .map((part, i) => this.product(lowering, part, values[i]!, zero))
      .reduce((total, part) => lowering.graph.custom("Add", [total, part], "int32", part.shape));
  }

  /** Sums of products of codes, int32. */
  private product(lowering: Lowering, left: Value, right: Value, leftZero: Value): Value {
    const shape = [...left.shape.slice(0, -1), right.shape.at(-1)!];
    const inputs = [left, right, leftZero, ...this.rightZero(lowering)];
    return lowering.graph.custom("MatMulInteger", inputs, "int32", shape);
  }

  private isSigned(side: Side): boolean {
    return side === "right" && this.name === "u8s8";
  }

  private codesOf(lowering: Lowering, { x, scale, groups, side }: CodeRows): Value {
    const { graph } = lowering;
    if (this.isSigned(side)) {
      const attributes = { axis: 0, output_dtype: INT8 };
      return graph.custom("QuantizeLinear", [x, scale], "int8", x.shape, { attributes });
    }
    const inputs = [x, scale, lowering.zeroPoints(groups)];
    return graph.custom("QuantizeLinear", inputs, "uint8", x.shape, { attributes: { axis: 0 } });
  }

  /** fl(fl(a) · c) for every row and column, a = Σ of products of codes. */
  private scaled(
    lowering: Lowering,
    left: Value,
    right: Value,
    scales: Value,
    shape: readonly (number | string)[],
  ): Value {
    const inputs = [left, right, one(lowering), scales, zeroPoint(lowering), ...this.rightZero(lowering)];
    return lowering.graph.custom("MatMulIntegerToFloat", inputs, "float32", shape, { domain: "com.microsoft" });
  }

  private rightZero(lowering: Lowering): Value[] {
    return this.name === "u8s8" ? [] : [zeroPoint(lowering)];
  }

  /** Each digit of a matrix's rows `from` to `to`, `[K, N]`. */
  private weightDigits(lowering: Lowering, name: TableName, from: number, to: number): Value[] {
    const { graph } = lowering;
    const table = lowering.matrix(name);
    const { columns } = table;
    const suffix = from === 0 && to === table.rows ? "" : `.${from}.${to}`;
    const type = this.name === "u8s8" ? "int8" : "uint8";
    return (digitsOf(table) === 1 ? ONE_DIGIT : TWO_DIGITS).map((of) => {
      const digitsName = `${name}.${of}${suffix}`;
      return lowering.once(digitsName, () => {
        if (lowering.isFed(name)) return graph.input(digitsName, type, [columns, to - from]);
        return graph.bulk(digitsName, type, [columns, to - from], () => {
          const rows = { table: name, digit: of, from, to, columns };
          return this.name === "u8s8" ? lowering.columns.signed(rows) : lowering.columns.unsigned(rows, ZERO);
        });
      });
    });
  }

  /** f32 `[N]` of digit m: the row's scale, divided by 128 for a low digit, which is exact. */
  private weightScales(lowering: Lowering, name: TableName, from: number, to: number): (m: number) => Value {
    const { graph } = lowering;
    const table = lowering.matrix(name);
    const suffix = from === 0 && to === table.rows ? "" : `.${from}.${to}`;
    return (m) => {
      const scalesName = `${name}.scales.${TWO_DIGITS[m]}${suffix}`;
      return lowering.once(scalesName, () => {
        if (lowering.isFed(name)) return graph.input(scalesName, "float", [to - from]);
        const factor = m === 0 ? 1 : 1 / 128;
        const scales = table.scales.subarray(from, to).map((scale) => scale * factor);
        return graph.constant(scalesName, scales, [to - from]);
      });
    };
  }
}

const ONE_DIGIT = ["high"] as const;
const TWO_DIGITS = ["high", "low"] as const;

function zeroPoint(lowering: Lowering): Value {
  return lowering.once("zero_point", () => lowering.graph.constant("zero_point", Uint8Array.of(ZERO), []));
}

function unsignedZero(lowering: Lowering): Value {
  return lowering.once("zero_unsigned", () => lowering.graph.constant("zero_unsigned", Uint8Array.of(0), []));
}

function one(lowering: Lowering): Value {
  return lowering.once("one", () => lowering.graph.constant("one", Float32Array.of(1), []));
}
