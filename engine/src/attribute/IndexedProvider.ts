import { ExactError } from "../exact/errors.js";
import { KERNEL_WHOLE, WORD } from "../exact/program/AttributionOp.js";
import type { Op, ValueId } from "../exact/program/Op.js";
import type { Block, Program } from "../exact/program/Program.js";
import { tableOf } from "../exact/reference/shapes.js";
import type { BlockRequest, BlockRows, RowProvider } from "../exact/trace/RowProvider.js";
import { codeWords } from "./codes.js";
import { postingsOf } from "./indexTable.js";
import type { KernelIndex } from "./kernel/KernelIndex.js";
import { PostingScan } from "./kernel/PostingScan.js";

/**
 * Rows of a program with indexes: credits from the postings of the token that follows, all else by the base's provider,
 * which any number of programs over one base may share.
 */
export class IndexedProvider implements RowProvider {
  /** @param base gives the rows of the blocks before attribution, which are those of the base's program */
  constructor(
    private readonly program: Program,
    private readonly base: RowProvider,
  ) {}

  /** @throws ExactError as the base's provider; `row_malformed` where codes or surprises are missing */
  rows(request: BlockRequest): BlockRows | Promise<BlockRows> {
    const block = this.program.blocks[request.block]!;
    return block.kind === "attribution" ? new CreditRows(this.program, block, request).make() : this.base.rows(request);
  }
}

/** What is kept of a similarity while its position is made. */
interface Found {
  readonly scan: PostingScan;
  total: number;
}

class CreditRows {
  private readonly values: readonly Int32Array[];
  private readonly words: Uint32Array;
  private readonly surprises: Uint8Array;
  private readonly found = new Map<ValueId, Found & { readonly index: KernelIndex }>();
  private readonly denominators = new Map<ValueId, number>();

  constructor(
    private readonly program: Program,
    private readonly block: Block,
    private readonly request: BlockRequest,
  ) {
    const { entering, from, to } = request;
    this.words = codeWords(rowOf(entering, program.codes));
    this.surprises = rowOf(entering, program.surprise);
    const ops = program.ops.slice(block.from, block.to);
    for (const [i, op] of ops.entries()) {
      if (op.kind !== "similarity") continue;
      const index = postingsOf(tableOf(program, op.index, "index"));
      this.found.set(block.from + i, { index, scan: new PostingScan(), total: 0 });
    }
    this.values = ops.map((op) => new Int32Array((to - from) * this.width(op)));
  }

  make(): BlockRows {
    const { from, to } = this.request;
    for (let i = 0; i < to - from; i++) {
      for (let value = this.block.from; value < this.block.to; value++) this.addRow(value, i);
    }
    return { values: this.values };
  }

  private width(op: Op): number {
    if (op.kind === "denominator") return 2;
    const sums = op.kind === "credit" ? this.program.ops[op.sums]! : op;
    if (sums.kind !== "similarity") throw new Error(`${op.kind} is no operation of attribution`);
    return tableOf(this.program, sums.index, "index").records;
  }

  /** @param i counted from the first position */
  private addRow(value: ValueId, i: number): void {
    const op = this.program.ops[value]!;
    const all = this.values[value - this.block.from]!;
    const width = all.length / (this.request.to - this.request.from);
    const row = all.subarray(i * width, (i + 1) * width);
    if (op.kind === "similarity") this.similarity(value, i, row);
    else if (op.kind === "denominator") {
      const before = op.before === undefined ? KERNEL_WHOLE : this.denominators.get(op.before)!;
      const denominator = before + this.found.get(op.sums)!.total;
      this.denominators.set(value, denominator);
      row[0] = Math.floor(denominator / WORD);
      row[1] = denominator % WORD;
    } else if (op.kind === "credit") {
      const denominator = this.denominators.get(op.denominator)!;
      const { scan } = this.found.get(op.sums)!;
      for (let k = 0; k < scan.found; k++) {
        const dividend = this.surprises[i]! * scan.sums[k]! * KERNEL_WHOLE;
        row[scan.records[k]!] = Math.floor(dividend / denominator);
      }
    }
  }

  private similarity(value: ValueId, i: number, row: Int32Array): void {
    const found = this.found.get(value)!;
    const { scan, index } = found;
    const token = this.request.tokens[this.request.from + i + 1];
    scan.found = 0;
    found.total = token === undefined ? 0 : scan.run(index, token, this.words, 4 * i);
    for (let k = 0; k < scan.found; k++) row[scan.records[k]!] = scan.sums[k]!;
  }
}

function rowOf(entering: BlockRequest["entering"], value: ValueId | undefined): Uint8Array {
  const row = value === undefined ? undefined : entering.get(value);
  if (row instanceof Uint8Array) return row;
  throw new ExactError("row_malformed", `Value ${value ?? "none"} is not among what enters attribution as u8.`);
}
