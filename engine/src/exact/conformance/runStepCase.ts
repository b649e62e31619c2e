/** One operation alone on the kernels of steps: a vector of extremes in their layouts, earlier positions in a sequence. */
import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { newRow, type Row } from "../reference/Row.js";
import { shapesOf, visibleKeys } from "../reference/shapes.js";
import type { StepEngine } from "../step/StepEngine.js";
import { StepPlan } from "../step/StepPlan.js";
import { StepSequence } from "../step/StepSequence.js";
import type { OpCase } from "../testing/vectors.js";
import { caseProgram, type HeadOp, isHeadOp } from "./caseProgram.js";

/** What the kernels make of a vector. */
export function runStepCase(of: OpCase, engine: StepEngine): Row {
  const one = new StepCase(of, engine);
  try {
    return one.run();
  } finally {
    one.release();
  }
}

/** How a row lies in memory: runs of `size` elements that begin `stride` apart. */
interface Lines {
  readonly pointer: number;
  readonly lines: number;
  readonly size: number;
  readonly stride: number;
  readonly as: "float" | "integer" | "digit";
}

class StepCase {
  private readonly op: Op;
  private readonly program: Program;
  private readonly plan: StepPlan;
  private sequence: StepSequence | undefined;

  constructor(
    private readonly of: OpCase,
    private readonly engine: StepEngine,
  ) {
    this.op = of.program.ops[of.op]!;
    this.program = caseProgram(of.program, this.op);
    this.plan = new StepPlan(this.program, engine);
  }

  run(): Row {
    const { of, op, plan, engine } = this;
    const { heads } = this.program.shape;
    engine.keyed.reserve(heads, of.position + 1);
    for (const input of new Set(of.inputs)) {
      if (!shapesOf(this.program)[input]!.keyed) plan.place(input);
      this.write(this.lines(input, this.roleOf(input)), of.source.row(input, of.position));
    }
    const sequence = isHeadOp(op) ? this.sequenceOf(op) : new StepSequence(engine.memory, this.program.shape, [], 1);
    this.sequence = sequence;
    plan.planned(of.op, op)({ sequence, position: of.position });
    return this.read(this.lines(of.op, this.resultRole()));
  }

  release(): void {
    this.sequence?.release();
    this.plan.release();
  }

  /** Everything that earlier positions left, and for what does not write it this one. */
  private sequenceOf(op: HeadOp): StepSequence {
    const { of, engine } = this;
    const { heads, kvHeads, headDim, window } = op.shape;
    const id = op.kind === "scores" ? of.op : this.plan.layerOf(op.kind === "mix" ? op.weights[0] : op.exponents);
    const digits = op.kind === "weigh" ? ([0] as const) : op.qkv;
    const sequence = new StepSequence(engine.memory, op.shape, [[id, digits]], of.position + 1);
    const { from } = visibleKeys(window, of.position);
    sequence.length = from;
    const to = op.kind === "scores" ? of.position : of.position + 1;
    for (let position = from; position < to; position++) {
      const codes = op.kind === "weigh" ? [] : op.qkv.map((digit) => of.source.row(digit, position));
      const scales = op.kind === "mix" ? new Float32Array(2 * kvHeads) : of.source.row(op.scale, position);
      sequence.append(
        {
          codes: Int8Array.from(codes.flatMap((row) => [...row.subarray(heads * headDim)])),
          scales: Float32Array.from(scales.subarray(op.kind === "mix" ? 0 : heads)),
        },
        1,
      );
    }
    return sequence;
  }

  private lines(id: ValueId, role: Role): Lines {
    const { plan, of } = this;
    const shape = shapesOf(this.program)[id]!;
    if (shape.keyed) {
      const { keyed } = this.engine;
      const { count } = visibleKeys(shape.window, of.position);
      const isDigit = shape.type === "i8" || shape.type === "u8";
      const pointer = role === "low" ? keyed.digits[1] : role === "high" ? keyed.digits[0] : keyed[role];
      return { pointer, lines: shape.heads, size: count, stride: keyed.stride, as: isDigit ? "digit" : "float" };
    }
    const whole = { pointer: plan.pointer(id), lines: 1, size: shape.length, stride: shape.length };
    if (shape.type === "i8" || shape.type === "u8") {
      const { headDim } = this.program.shape;
      const stride = plan.digitStride(id, headDim);
      return stride === headDim
        ? { ...whole, as: "digit" }
        : { ...whole, lines: shape.length / headDim, size: headDim, stride, as: "digit" };
    }
    return { ...whole, as: shape.type === "f32" || this.isSigmoid(id) ? "float" : "integer" };
  }

  /** Sigmoids are integers that lie as floats. */
  private isSigmoid(id: ValueId): boolean {
    const { op, of } = this;
    if (op.kind === "gate" || op.kind === "activate") return id === op.sigmoid;
    return op.kind === "sigmoid" && id === of.op;
  }

  /** Which of the rows over keys an input is. */
  private roleOf(id: ValueId): Role {
    const { op } = this;
    if (op.kind === "mix") return id === op.weights[1] ? "low" : "high";
    if (op.kind === "quantizeRest" && id === op.high) return "high";
    if (op.kind === "scoreMax" || op.kind === "exponent") return "scores";
    if (op.kind === "sum" || op.kind === "weigh") return "exponents";
    return "weights";
  }

  private resultRole(): Role {
    switch (this.op.kind) {
      case "scores":
        return "scores";
      case "exponent":
        return "exponents";
      case "quantize":
      case "quantizeUnsigned":
        return "high";
      case "quantizeRest":
        return "low";
      case "weigh":
        return "weights";
      default:
        return "scores";
    }
  }

  private write({ pointer, lines, size, stride, as }: Lines, row: Row): void {
    const memory = this.view(pointer, lines * stride, as);
    for (let line = 0; line < lines; line++) memory.set(row.subarray(line * size, (line + 1) * size), line * stride);
    // Products read whole sixteens.
    if (as === "digit") {
      for (let line = 0; line < lines; line++) memory.fill(0, line * stride + size, (line + 1) * stride);
    }
  }

  private read({ pointer, lines, size, stride, as }: Lines): Row {
    const memory = this.view(pointer, lines * stride, as);
    const row = newRow(shapesOf(this.program)[this.of.op]!.type, lines * size);
    for (let line = 0; line < lines; line++) row.set(memory.subarray(line * stride, line * stride + size), line * size);
    return row;
  }

  private view(pointer: number, length: number, as: Lines["as"]): Float32Array | Int32Array | Int16Array {
    const { memory } = this.engine;
    if (as === "float") return memory.floats(pointer, length);
    return as === "integer" ? memory.integers(pointer, length) : memory.digits(pointer, length);
  }
}

type Role = "scores" | "exponents" | "weights" | "high" | "low";
