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

const ZERO = 128;
/** TensorProto.DataType: without a zero point nothing else tells QuantizeLinear's output. */
const INT8 = 3;
const FLOAT = 1;

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
    const products = this.weightDigits(lowering, table, from, to).map(({ digits, scales }) => {
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
    const { graph } = lowering;
    const zero = weights.length === 1 ? unsignedZero(lowering) : zeroPoint(lowering);
    return addPairs(lowering, weights.length, values.length, (k, m) => {
      const parts = weights[k]!.map((part, i) => {
        const value = values[m]![i]!;
        const shape = [...part.shape.slice(0, -1), value.shape.at(-1)!];
        return graph.custom("MatMulInteger", [part, value, zero, ...this.rightZero(lowering)], "int32", shape);
      });
      const sum = parts.reduce((total, part) => graph.custom("Add", [total, part], "int32", part.shape));
      // The cast rounds half to even.
      const rounded = graph.custom("Cast", [sum], "float32", sum.shape, { attributes: { to: FLOAT } });
      return scaledPower(lowering, rounded, digitPower(k, m));
    });
  }

  cached(_: Lowering, fed: Value): Value {
    return fed;
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

  private weightDigits(lowering: Lowering, name: TableName, from: number, to: number): WeightDigit[] {
    const { graph } = lowering;
    const table = lowering.matrix(name);
    const { columns } = table;
    const whole = from === 0 && to === table.rows;
    const suffix = whole ? "" : `.${from}.${to}`;
    const type = this.name === "u8s8" ? "int8" : "uint8";
    const digit = (of: "high" | "low"): WeightDigit => {
      const digitsName = `${name}.${of}${suffix}`;
      const scalesName = `${name}.scales.${of}${suffix}`;
      if (lowering.isFed(name)) {
        return {
          digits: lowering.once(digitsName, () => graph.input(digitsName, type, [columns, to - from])),
          scales: lowering.once(scalesName, () => graph.input(scalesName, "float", [to - from])),
        };
      }
      const factor = of === "high" ? 1 : 1 / 128;
      return {
        digits: lowering.once(digitsName, () =>
          graph.bulk(digitsName, type, [columns, to - from], () => {
            const rows = { table: name, digit: of, from, to, columns };
            return this.name === "u8s8" ? lowering.columns.signed(rows) : lowering.columns.unsigned(rows, ZERO);
          }),
        ),
        scales: lowering.once(scalesName, () => {
          const scales = table.scales.subarray(from, to).map((scale) => scale * factor);
          return graph.constant(scalesName, scales, [to - from]);
        }),
      };
    };
    return digitsOf(table) === 1 ? [digit("high")] : [digit("high"), digit("low")];
  }
}

interface WeightDigit {
  /** `[K, N]` */
  readonly digits: Value;
  /** f32 `[N]`, the row's scale, divided by 128 for a low digit: exact. */
  readonly scales: Value;
}

function zeroPoint(lowering: Lowering): Value {
  return lowering.once("zero_point", () => lowering.graph.constant("zero_point", Uint8Array.of(ZERO), []));
}

function unsignedZero(lowering: Lowering): Value {
  return lowering.once("zero_unsigned", () => lowering.graph.constant("zero_unsigned", Uint8Array.of(0), []));
}

function one(lowering: Lowering): Value {
  return lowering.once("one", () => lowering.graph.constant("one", Float32Array.of(1), []));
}
