/**
 * A program as a list of kernel calls for one new position of one sequence. Rows lie one after another; what is multiplied
 * from the left is int16 with zeros up to sixteens, heads apart; what has an element a key lies in rows of its own room.
 */
import { valuesRead } from "../document/valuesRead.js";
import { ExactError } from "../errors.js";
import type { Op, TableName, ValueId } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";
import { type RowReader, rowReaderOf } from "../program/RowReader.js";
import { shapesOf } from "../reference/shapes.js";
import type { Kernels } from "./Kernels.js";
import type { KeyedRoom } from "./KeyedRoom.js";
import { planExponent, planMix, planScoreMax, planScores, planSum, planWeigh } from "./planAttention.js";
import { planLinear } from "./planLinear.js";
import {
  planActivate,
  planAdd,
  planCubic,
  planGate,
  planIntegerLogits,
  planMultiplyChannels,
  planNormHeads,
  planNormScale,
  planQuantize,
  planQuantizeRest,
  planRotate,
  planRowScale,
  planSigmoid,
  planSumSquares,
} from "./planRows.js";
import { ScratchUse } from "./Scratch.js";
import type { StepEngine } from "./StepEngine.js";
import type { StepMemory } from "./StepMemory.js";
import type { StepSequence } from "./StepSequence.js";
import { COLUMNS, type PackedMatrix } from "./StepTables.js";

/** Where and of which sequence a position is made. */
export interface StepPlace {
  readonly sequence: StepSequence;
  readonly position: number;
}

export type StepRun = (place: StepPlace) => void;

export class StepPlan {
  readonly runs: StepRun[] = [];
  readonly kernels: Kernels;
  readonly keyed: KeyedRoom;
  readonly memory: StepMemory;
  private readonly scratch: ScratchUse;
  private readonly tables: Table[] = [];
  private readonly pointers = new Map<ValueId, number>();
  /** Digits that attention multiplies: heads apart. */
  private readonly headDigits: ReadonlySet<ValueId>;

  constructor(
    readonly program: Program,
    private readonly engine: StepEngine,
    private readonly reader: RowReader = rowReaderOf(program),
  ) {
    this.kernels = engine.kernels;
    this.keyed = engine.keyed;
    this.memory = engine.memory;
    this.scratch = new ScratchUse(engine.scratch);
    this.headDigits = new Set(program.ops.flatMap((op) => (op.kind === "scores" || op.kind === "mix" ? op.qkv : [])));
  }

  /** Plans what logits are made of, in its order; a value's room is used again behind its last reader. */
  plan(): void {
    for (const { id, last } of neededOps(this.program)) {
      const op = this.program.ops[id]!;
      if (op.kind === "embed" || op.kind === "addPosition") this.place(id);
      else this.runs.push(this.planned(id, op));
      for (const value of last) this.giveRoom(value);
    }
  }

  planned(id: ValueId, op: Op): StepRun {
    switch (op.kind) {
      case "linear":
        return planLinear(this, id, op);
      case "rowScale":
        return planRowScale(this, id, op);
      case "quantize":
        return planQuantize(this, id, op, -127, 127);
      case "quantizeUnsigned":
        return planQuantize(this, id, op, 0, 255);
      case "quantizeRest":
        return planQuantizeRest(this, id, op);
      case "sumSquares":
        return planSumSquares(this, id, op);
      case "normScale":
        return planNormScale(this, id, op);
      case "normHeads":
        return planNormHeads(this, id, op);
      case "multiplyChannels":
        return planMultiplyChannels(this, id, op);
      case "add":
        return planAdd(this, id, op);
      case "rotate":
        return planRotate(this, id, op);
      case "scores":
        return planScores(this, id, op);
      case "scoreMax":
        return planScoreMax(this, id, op);
      case "exponent":
        return planExponent(this, id, op);
      case "sum":
        return planSum(this, id, op);
      case "weigh":
        return planWeigh(this, id, op);
      case "mix":
        return planMix(this, id, op);
      case "cubic":
        return planCubic(this, id, op);
      case "sigmoid":
        return planSigmoid(this, id, op);
      case "gate":
        return planGate(this, id, op);
      case "activate":
        return planActivate(this, id, op);
      case "integerLogits":
        return planIntegerLogits(this, id, op);
      case "embed":
      case "addPosition":
      case "signBits":
      case "surprise":
      case "similarity":
      case "continuity":
      case "denominator":
      case "credit":
      case "windowSum":
        throw new ExactError("program_malformed", `${op.kind} is no step of a plan`);
    }
  }

  /** Room for a value's row, taken. */
  place(id: ValueId): number {
    const pointer = this.scratch.take(this.bytesOf(id));
    this.pointers.set(id, pointer);
    return pointer;
  }

  /** Room for what one operation needs while it runs. */
  room(bytes: readonly number[]): number[] {
    const pieces = bytes.map((size) => this.scratch.take(size));
    for (const piece of pieces) this.scratch.give(piece);
    return pieces;
  }

  matrix(name: TableName): PackedMatrix {
    const table = this.program.tables.get(name)!;
    const packed = this.engine.tables.matrix(table, name, this.reader);
    this.tables.push(table);
    return packed;
  }

  vector(name: TableName): number {
    const table = this.program.tables.get(name)!;
    const pointer = this.engine.tables.vector(table);
    this.tables.push(table);
    return pointer;
  }

  /** Lets its tables go; the plan runs no more. */
  release(): void {
    for (const table of this.tables) this.engine.tables.letGo(table);
    this.tables.length = 0;
    this.runs.length = 0;
  }

  pointer(id: ValueId): number {
    const pointer = this.pointers.get(id);
    if (pointer === undefined) throw new Error(`value ${id} is read before it is made`);
    return pointer;
  }

  /** Elements of a row without keys. */
  length(id: ValueId): number {
    const shape = shapesOf(this.program)[id]!;
    if (shape.keyed) throw new Error(`value ${id} has an element a key`);
    return shape.length;
  }

  isKeyed(id: ValueId): boolean {
    return shapesOf(this.program)[id]!.keyed;
  }

  windowOf(id: ValueId): number | null {
    const shape = shapesOf(this.program)[id]!;
    return shape.keyed ? shape.window : null;
  }

  /** The scores from which something over keys is made: they name the layer of a sequence. */
  layerOf(id: ValueId): ValueId {
    const op = this.program.ops[id]!;
    if (op.kind === "scores") return id;
    if (op.kind === "exponent") return op.scores;
    if (op.kind === "weigh") return this.layerOf(op.exponents);
    if (op.kind === "quantize" || op.kind === "quantizeUnsigned" || op.kind === "quantizeRest")
      return this.layerOf(op.x);
    throw new ExactError("program_malformed", `value ${id} (${op.kind}) is made of no scores`);
  }

  /** Elements that a value's room holds, of digits. */
  roomOf(id: ValueId): number {
    return this.bytesOf(id) / 2;
  }

  /** Elements between the starts of groups of `size` digits. */
  digitStride(id: ValueId, size: number): number {
    return this.headDigits.has(id) ? this.headWidth(size) : size;
  }

  headWidth(headDim: number): number {
    return Math.ceil(headDim / COLUMNS) * COLUMNS;
  }

  private bytesOf(id: ValueId): number {
    const shape = shapesOf(this.program)[id]!;
    if (shape.keyed) throw new Error(`value ${id} lies in the room for keys`);
    const { headDim } = this.program.shape;
    if (this.headDigits.has(id)) return 2 * (shape.length / headDim) * this.headWidth(headDim);
    if (shape.type === "i8" || shape.type === "u8") return 2 * Math.ceil(shape.length / COLUMNS) * COLUMNS;
    return 4 * Math.ceil(shape.length / 4) * 4;
  }

  private giveRoom(id: ValueId): void {
    const pointer = this.pointers.get(id);
    if (pointer !== undefined) this.scratch.give(pointer);
  }
}

interface PlannedOp {
  readonly id: ValueId;
  /** Values that nothing later reads. */
  readonly last: ValueId[];
}

/** What logits are made of, in the program's order. */
function neededOps({ ops, logits }: Program): PlannedOp[] {
  const needed: PlannedOp[] = [];
  const read = new Set([logits]);
  for (let id = logits; id >= 0; id--) {
    if (!read.has(id)) continue;
    const last = [...new Set(valuesRead(ops[id]!))].filter((value) => !read.has(value));
    for (const value of last) read.add(value);
    needed.unshift({ id, last });
  }
  return needed;
}
