import { ExactError } from "../exact/errors.js";
import { KERNEL_WHOLE, WORD } from "../exact/program/AttributionOp.js";
import type { ValueId } from "../exact/program/Op.js";
import type { Block, Program } from "../exact/program/Program.js";
import { positionsBefore, windowPositions } from "../exact/reference/credit.js";
import type { Row } from "../exact/reference/Row.js";
import { lengthAt, shapesOf, tableOf } from "../exact/reference/shapes.js";
import type { BlockRequest, BlockRows, RowProvider } from "../exact/trace/RowProvider.js";
import { codeWords } from "./codes.js";
import { postingsOf } from "./indexTable.js";
import { Continuity } from "./kernel/Continuity.js";
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

/** What records have at a position that have anything, and all of it. */
interface Sums {
  readonly records: Uint32Array;
  readonly sums: Float64Array;
  readonly total: number;
}

/** What an operation credits a position's token to. */
interface Credited {
  readonly credit: ValueId;
  readonly records: Uint32Array;
  readonly credits: Float64Array;
}

class CreditRows {
  private readonly values: readonly Int32Array[];
  private readonly words: Uint32Array;
  private readonly surprises: Uint8Array;
  private readonly indexes = new Map<ValueId, KernelIndex>();
  private readonly scan = new PostingScan();
  private readonly continuities = new Map<ValueId, Continuity>();
  private readonly sums = new Map<ValueId, Sums>();
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
      if (op.kind === "similarity") {
        this.indexes.set(block.from + i, postingsOf(tableOf(program, op.index, "index")));
      } else if (op.kind === "continuity") this.continuities.set(op.credit, this.past(op.credit));
    }
    this.values = ops.map((_, i) => new Int32Array((to - from) * this.width(block.from + i)));
  }

  private width(value: ValueId): number {
    return lengthAt(shapesOf(this.program)[value]!, this.request.from);
  }

  make(): BlockRows {
    const { from, to } = this.request;
    for (let i = 0; i < to - from; i++) {
      const credited: Credited[] = [];
      for (let value = this.block.from; value < this.block.to; value++) this.addRow(value, i, credited);
      for (const { credit, records, credits } of credited) this.continuities.get(credit)?.push(records, credits);
    }
    return { values: this.values };
  }

  /** What was credited at the positions before the first. */
  private past(credit: ValueId): Continuity {
    const continuity = new Continuity();
    for (const position of positionsBefore(this.request.from)) {
      const row = this.rowAt(credit, position);
      const records = Uint32Array.from([...row.keys()].filter((record) => row[record]! > 0));
      continuity.push(
        records,
        Float64Array.from(records, (record) => row[record]!),
      );
    }
    return continuity;
  }

  /**
   * @param i counted from the first position
   * @param credited to which credits are added: they count from the next position on
   */
  private addRow(value: ValueId, i: number, credited: Credited[]): void {
    const op = this.program.ops[value]!;
    const all = this.values[value - this.block.from]!;
    const width = this.width(value);
    const row = all.subarray(i * width, (i + 1) * width);
    if (op.kind === "similarity") this.fill(value, row, this.similarity(value, i));
    else if (op.kind === "continuity") {
      const { records, sums } = this.sums.get(op.sums)!;
      const continuity = this.continuities.get(op.credit)!;
      this.fill(value, row, { records, sums: sums.map((sum, k) => continuity.of(records[k]!, sum)) });
    } else if (op.kind === "denominator") {
      const before = op.before === undefined ? KERNEL_WHOLE : this.denominators.get(op.before)!;
      const denominator = before + this.sums.get(op.sums)!.total;
      this.denominators.set(value, denominator);
      row[0] = Math.floor(denominator / WORD);
      row[1] = denominator % WORD;
    } else if (op.kind === "credit") {
      const denominator = this.denominators.get(op.denominator)!;
      const { records, sums } = this.sums.get(op.sums)!;
      const credits = sums.map((sum) => Math.floor((this.surprises[i]! * sum * KERNEL_WHOLE) / denominator));
      for (const [k, record] of records.entries()) row[record] = credits[k]!;
      credited.push({ credit: value, records, credits });
    } else if (op.kind === "windowSum") {
      for (const position of windowPositions(this.request.from + i, op.stride)) {
        const term = this.rowAt(op.of, position);
        for (let k = 0; k < width; k++) row[k]! += term[k]!;
      }
    }
  }

  /** A row that is made already, entered, or is remembered. */
  private rowAt(value: ValueId, position: number): Row {
    const { from, entering, past } = this.request;
    const width = this.width(value);
    const isPast = position < from;
    const rows = isPast ? past.get(value)!.rows : (entering.get(value) ?? this.values[value - this.block.from]!);
    const at = (position - (isPast ? past.get(value)!.first : from)) * width;
    return rows.subarray(at, at + width);
  }

  private fill(value: ValueId, row: Int32Array, { records, sums }: Omit<Sums, "total">): void {
    let total = 0;
    for (const [k, record] of records.entries()) {
      row[record] = sums[k]!;
      total += sums[k]!;
    }
    this.sums.set(value, { records, sums, total });
  }

  private similarity(value: ValueId, i: number): Omit<Sums, "total"> {
    const { scan } = this;
    const token = this.request.tokens[this.request.from + i + 1];
    scan.found = 0;
    if (token !== undefined) scan.run(this.indexes.get(value)!, token, this.words, 4 * i);
    return { records: scan.records.slice(0, scan.found), sums: scan.sums.slice(0, scan.found) };
  }
}

function rowOf(entering: BlockRequest["entering"], value: ValueId | undefined): Uint8Array {
  const row = value === undefined ? undefined : entering.get(value);
  if (row instanceof Uint8Array) return row;
  throw new ExactError("row_malformed", `Value ${value ?? "none"} is not among what enters attribution as u8.`);
}
