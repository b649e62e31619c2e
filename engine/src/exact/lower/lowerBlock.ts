import type { GraphBuilder } from "../../onnx/graph.js";
import type { ValueId } from "../program/Op.js";
import type { Block, Program } from "../program/Program.js";
import { type DeviceForms, ROWS } from "./Lowering.js";
import { OpEmitter } from "./OpEmitter.js";

/**
 * One block of a program as a graph that gives every value it makes: what a trace is made of. Inputs as of `lowerProgram`,
 * with `x` the residual rows that enter and, of a layer, its past as that of layer 0. Outputs: `value.<id>.<i>`, the i-th
 * segment of a value in its layout; values that only round an output of the graph are those of what they round.
 */
export function lowerBlock(program: Program, block: Block, forms: DeviceForms): GraphBuilder {
  const one = { ...program, shape: { ...program.shape, layers: 1 } };
  const emitter = new OpEmitter("block", one, forms);
  const { graph, lowering } = emitter;
  const { hidden } = program.shape;
  lowering.setWhole(block.input!, hidden, graph.input("x", "float", [ROWS, hidden]));
  for (let id = block.from; id < block.to; id++) {
    emitter.emit(id);
    if (isRounding(program, id)) continue;
    lowering.segments(id).forEach(({ value }, i) => {
      graph.output(`value.${id}.${i}`, value);
    });
  }
  return graph;
}

/** Whether a value is made of the graph's outputs. */
export function isRounding({ ops }: Program, id: ValueId): boolean {
  const { kind } = ops[id]!;
  return kind === "integerLogits" || kind === "signBits" || kind === "surprise";
}
