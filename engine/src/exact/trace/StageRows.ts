import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { encodeElements } from "../reference/elementBytes.js";
import type { RowSource } from "../reference/Kernel.js";
import { newRow, type Row } from "../reference/Row.js";
import { partsOf } from "./layout.js";
import { FINAL, type RowSpan, type Stage } from "./Stage.js";
import { stagesOf } from "./stagesOf.js";
import { computeStep, tokenRow } from "./steps.js";

/** Rows of values, as of a reference run. */
export type Rows = (value: ValueId, position: number) => Row;

/** Rows of an operation's stages at a position, made of its inputs' rows and kept as long as this is. */
export class StageRows {
  private readonly made = new Map<string, Row>();

  constructor(
    private readonly program: Program,
    private readonly rows: Rows,
    /** Tokens by position; the sequence has ended everywhere if absent. */
    readonly token: RowSource["token"] = () => undefined,
  ) {}

  /** Bytes of each leaf of an operation at a position, in order. */
  leaves(op: ValueId, position: number): Uint8Array[] {
    return partsOf(this.program, op, position).map(({ stage, from, to }) =>
      encodeElements(this.stage(op, position, stage).subarray(from, to)),
    );
  }

  private stage(op: ValueId, position: number, index: number): Row {
    const stages = stagesOf(this.program, op, position);
    if (index === FINAL || index === stages.length - 1) return this.rows(op, position);
    const key = `${op} ${position} ${index}`;
    let row = this.made.get(key);
    if (row === undefined) {
      row = this.make(op, position, stages[index]!);
      this.made.set(key, row);
    }
    return row;
  }

  private make(op: ValueId, position: number, { type, length, step }: Stage): Row {
    const row = newRow(type, length);
    for (let element = 0; element < length; element++) {
      const found = step(element);
      const reads = found.reads.flatMap((span): Row[] => {
        if (span.kind === "table") return [];
        return [span.kind === "token" ? tokenRow(this, span.position) : this.read(span)];
      });
      row[element] = computeStep(this.program, { op, position }, element, found, reads);
    }
    return row;
  }

  private read({ op, position, stage, from, to }: RowSpan): Row {
    return this.stage(op, position, stage).subarray(from, to);
  }
}
