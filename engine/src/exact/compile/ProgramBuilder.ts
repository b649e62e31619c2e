import type { IntegerOp } from "../program/IntegerOp.js";
import type { Digits, Op, TableName, ValueId } from "../program/Op.js";
import type { Block, Table } from "../program/Program.js";

/** Collects operations, tables and blocks in order. */
export class ProgramBuilder {
  readonly ops: Op[] = [];
  readonly tables = new Map<TableName, Table>();
  readonly blocks: Block[] = [];

  push(op: Op | IntegerOp): ValueId {
    return this.ops.push(op) - 1;
  }

  table(name: TableName, table: Table): TableName {
    if (this.tables.has(name)) throw new Error(`table ${name} is made twice`);
    this.tables.set(name, table);
    return name;
  }

  vector(name: TableName, data: Float32Array): TableName {
    return this.table(name, { kind: "floats", rows: 1, columns: data.length, data });
  }

  /** Runs `emit` as one block. */
  block(kind: Block["kind"], input: ValueId | undefined, emit: () => ValueId | undefined): ValueId | undefined {
    const from = this.ops.length;
    const output = emit();
    this.blocks.push({ kind, from, to: this.ops.length, input, output });
    return output;
  }

  /** A row's steps and codes, in as many digits as asked. */
  quantize(
    x: ValueId,
    count: 1 | 2,
    groups: number,
    limit?: TableName,
  ): { readonly scale: ValueId; readonly digits: Digits } {
    const scale = this.push({ kind: "rowScale", x, groups, levels: 127, ...(limit === undefined ? {} : { limit }) });
    const high = this.push({ kind: "quantize", x, scale });
    if (count === 1) return { scale, digits: [high] };
    return { scale, digits: [high, this.push({ kind: "quantizeRest", x, scale, high })] };
  }
}
