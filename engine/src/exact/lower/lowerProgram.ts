import type { GraphBuilder, Value } from "../../onnx/graph.js";
import type { TableName } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { RowReader } from "../program/RowReader.js";
import { cast } from "./codes/cast.js";
import { type DeviceForms, type Lowering, ROWS } from "./Lowering.js";
import { OpEmitter } from "./OpEmitter.js";

export interface LoweringOptions {
  readonly forms: DeviceForms;
  /** Tables that are fed on every run (an adapter's) instead of being constants of the file. */
  readonly isFed?: (table: TableName) => boolean;
  /** Reads the weights; the program's own tables if absent. */
  readonly reader?: RowReader;
}

/**
 * A program as an ONNX graph, from embedded rows to logits, for any number of sequences, positions and earlier positions:
 * prefill, steps of many sequences and audits run the same file.
 *
 * Inputs: `x` f32 (f64 of integers) `[R, hidden]`, the embedded tokens; `heads` int64 `[n]`, rows whose logits are wanted;
 * `mask.<window>.<grid>`; `cos`, `sin`; `zero_points.*`; `past_*`; `shape.*`, `key_parts`. See `run/feeds.ts`. Outputs: `logits`
 * f32 `[n, vocabulary]` before they are made integers; `codes` `[2 · layers · R · K, D]` and `scales` `[2 · layers · R · K]`
 * of keys and values, layer by layer and digit by digit; `signs` f32 `[n, 128]` where the program has codes.
 */
export function lowerProgram(program: Program, { forms, isFed, reader }: LoweringOptions): GraphBuilder {
  const emitter = new OpEmitter("exact", program, forms, isFed, reader);
  const { graph, lowering } = emitter;
  const { hidden } = program.shape;
  const codes: Value[] = [];
  const scales: Value[] = [];
  for (const block of program.blocks) {
    if (block.kind === "embedding") {
      lowering.setWhole(block.output!, hidden, graph.input("x", "float", [ROWS, hidden]));
      continue;
    }
    // Made of codes and surprise outside of the graph.
    if (block.kind === "attribution") continue;
    if (block.kind === "head") selectRows(emitter, block.input!);
    for (let id = block.from; id < block.to; id++) {
      emitter.emit(id);
      const op = program.ops[id]!;
      if (op.kind !== "scores") continue;
      for (const digit of op.qkv) codes.push(...keysAndValues(emitter, digit));
      scales.push(...keysAndValues(emitter, op.scale));
    }
  }
  // In binary32 integer logits are multiples of 2^-12, scales are below 2^24, and signs remain: all of them are exact.
  const logits = lowering.whole(program.logits);
  graph.output("logits", cast(lowering, program.arithmetic === "float" ? logits : inNats(lowering, logits), "float32"));
  graph.output("codes", graph.concat(codes, 0));
  graph.output("scales", cast(lowering, graph.concat(scales, 0), "float32"));
  if (program.codes !== undefined) graph.output("signs", cast(lowering, lowering.whole(program.codes), "float32"));
  return graph;
}

/** Integer logits count 2^-12 nats; beyond ±2^23, where binary32 may round them, they are clamped to that anyway. */
function inNats({ graph }: Lowering, logits: Value): Value {
  return graph.mul(logits, graph.scalar(2 ** -12));
}

function keysAndValues({ lowering }: OpEmitter, id: number): Value[] {
  return lowering
    .segments(id)
    .slice(1)
    .map(({ value }) => value);
}

/** From here on rows are those that `heads` names. */
function selectRows({ graph, lowering }: OpEmitter, x: number): void {
  const wanted = graph.input("heads", "int64", ["n"]);
  const row = lowering.whole(x);
  const rows = graph.custom("Gather", [row, wanted], row.type, row.shape, { attributes: { axis: 0 } });
  lowering.setWhole(x, row.shape[1] as number, rows);
  lowering.enterHead();
}
