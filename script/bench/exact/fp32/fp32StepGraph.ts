import { GraphBuilder, type Model, type Shape, type Value } from "@openledger/engine";
import { DenseLayers } from "./DenseLayers.js";
import { rotaryConstants } from "./rotaryConstants.js";

const F32 = "float32";

/**
 * One token of each of B sequences, in plain fp32, as fast as onnxruntime's CPU provider was found to do it.
 *
 * Inputs: `x` `[B, 1, hidden]`; `positions` int64 `[B, 1]`; `mask` `[B, 1, 1, 1, P]`; `past_key.i`, `past_value.i`
 * `[B, K, P, D]`. Outputs: `logits` `[B, 1, vocabulary]`; `key.i`, `value.i` `[B, K, 1, 1, D]`.
 *
 * Tried at 135 M parameters on a processor with AVX-512, one thread, milliseconds of a step with one sequence and with 32
 * (past 128, capacity 192), medians of rounds taken in turn:
 *
 * | attention                                                               | 1    | 32  |
 * | ----------------------------------------------------------------------- | ---- | --- |
 * | GroupQueryAttention, cache in place (fetched into the buffers it is fed) | 32.4 | 196 |
 * | MatMul and Softmax, the queries of a key head in one product             | 28.9 | 136 |
 * | the same over keys stored `[D, P]`                                       | 29.5 | 133 |
 * | one product a query head, keys broadcast (this file)                     | 29.2 | 122 |
 * | the same over keys stored `[D, P]`                                       | 33.0 | 134 |
 *
 * With two threads: GroupQueryAttention 26.5 and 187, one product a key head 22.5 and 84 (over keys `[D, P]` 23.5 and 90),
 * one a query head 22.5 and 84 (21.7 and 88).
 *
 * GroupQueryAttention's kernel is not at fault: the binding copies every cache that is fetched. Weights that are not packed
 * cost 4 % and 16 %, Gemm over weights `[out, in]` 6 % and 4 % (not packed 37 % and 17 %). Within the noise of 3 % lie gate
 * and up apart, Sigmoid and Mul for QuickGelu, a product and a sum for the score of self, an addition and a norm for
 * SkipSimplifiedLayerNormalization, and optimisations `disabled` for `all`.
 */
export function fp32StepGraph(model: Model): Uint8Array {
  const { hidden, heads, kvHeads, headDim, vocabulary } = model.architecture;
  const groups = heads / kvHeads;
  const graph = new GraphBuilder("fp32.step");
  const x = graph.input("x", F32, ["B", 1, hidden]);
  const positions = graph.input("positions", "int64", ["B", 1]);
  const mask = graph.input("mask", F32, ["B", 1, 1, 1, "P"]);
  const { cos, sin } = rotaryConstants(graph, model.architecture);
  const pieces = (value: Value, widths: readonly number[]): Value[] =>
    graph.customMany(
      "Split",
      [value, graph.integers(widths)],
      widths.map((width) => ({ type: F32, shape: ["B", 1, width] })),
      { attributes: { axis: -1 } },
    );
  const node = (op: string, inputs: readonly Value[], shape: Shape): Value => graph.custom(op, inputs, F32, shape);
  const reshape = (value: Value, target: readonly number[], shape: Shape): Value =>
    node("Reshape", [value, graph.integers(target)], shape);
  const times = (queries: Value, keys: Value, shape: Shape): Value =>
    graph.custom("FusedMatMul", [queries, keys], F32, shape, { domain: "com.microsoft", attributes: { transB: 1 } });
  const slice = (value: Value, from: number, to: number, shape: Shape): Value =>
    node("Slice", [value, graph.integers([from]), graph.integers([to]), graph.integers([4])], shape);

  const attend = (layer: number, qkv: Value): Value => {
    const pastKey = graph.input(`past_key.${layer}`, F32, ["B", kvHeads, "P", headDim]);
    const pastValue = graph.input(`past_value.${layer}`, F32, ["B", kvHeads, "P", headDim]);
    const turning = (heads + kvHeads) * headDim;
    const [unturned, newValues] = pieces(qkv, [turning, kvHeads * headDim]);
    const turned = graph.custom("RotaryEmbedding", [unturned!, positions, cos, sin], F32, ["B", 1, turning], {
      domain: "com.microsoft",
      attributes: { num_heads: heads + kvHeads, rotary_embedding_dim: headDim },
    });
    const [q, k] = pieces(turned, [heads * headDim, kvHeads * headDim]);
    const mixedShape = ["B", kvHeads, groups, 1, headDim];
    const queries = reshape(q!, [-1, kvHeads, groups, 1, headDim], mixedShape);
    const key = reshape(k!, [-1, kvHeads, 1, 1, headDim], ["B", kvHeads, 1, 1, headDim]);
    const value = reshape(newValues!, [-1, kvHeads, 1, 1, headDim], ["B", kvHeads, 1, 1, headDim]);
    graph.output(`key.${layer}`, key);
    graph.output(`value.${layer}`, value);
    const past = (of: Value): Value => reshape(of, [0, kvHeads, 1, -1, headDim], ["B", kvHeads, 1, "P", headDim]);

    const scores = (keys: string | number): Shape => ["B", kvHeads, groups, 1, keys];
    const before = node("Add", [times(queries, past(pastKey), scores("P")), mask], scores("P"));
    const self = times(queries, key, scores(1));
    // Self first: its place is known, so the parts can be cut without knowing P.
    const all = graph.custom("Concat", [self, before], F32, scores("P+1"), { attributes: { axis: 4 } });
    const weights = graph.custom("Softmax", [all], F32, scores("P+1"), { attributes: { axis: -1 } });
    const ofSelf = node("Mul", [slice(weights, 0, 1, scores(1)), value], mixedShape);
    const ofPast = node("MatMul", [slice(weights, 1, 2 ** 31, scores("P")), past(pastValue)], mixedShape);
    const mixed = node("Add", [ofSelf, ofPast], mixedShape);
    return reshape(mixed, [-1, 1, heads * headDim], ["B", 1, heads * headDim]);
  };
  const logits = new DenseLayers(graph, model).logits(x, attend, (rows) => rows);
  graph.output("logits", { ...logits, shape: ["B", 1, vocabulary] });
  return graph.build();
}
