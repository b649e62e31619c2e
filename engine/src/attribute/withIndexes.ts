import { ExactError } from "../exact/errors.js";
import { WINDOW_TERMS } from "../exact/program/AttributionOp.js";
import type { Op, TableName, ValueId } from "../exact/program/Op.js";
import type { Block, Program, Table } from "../exact/program/Program.js";
import { proveAttribution } from "../exact/prove/proveAttribution.js";
import { checkLimits } from "../exact/trace/checkLimits.js";
import { type IndexRows, indexTable } from "./indexTable.js";

/**
 * Appends indexes to a base's program: a block whose last rows of `credit`, one for each index in order, say at every position
 * what each of its records is credited for the token that follows; behind them, sums of surprises and of these over the last 8 and
 * the last 64 positions, of which an answer's credit is made. Similarities are credited twice: as they are, and, which
 * is what pays, as far as they continue what the tokens before were credited to. Tables are `index.0`, `index.1`, …; all else is the
 * base's, whose tables' roots need not be hashed again.
 *
 * @param program compiled with codes
 * @throws AttributionError as `indexTable`; ExactError `program_malformed` where the program has no codes or has indexes
 * already; `bound_unprovable`, `step_too_large`
 */
export function withIndexes(program: Program, indexes: readonly IndexRows[]): Program {
  const { codes, surprise, shape } = program;
  if (codes === undefined || surprise === undefined || program.blocks.at(-1)?.kind !== "head") {
    throw new ExactError(
      "program_malformed",
      "Indexes are appended once, to a program that was compiled with codes and ends with its head.",
    );
  }
  if (indexes.length === 0) return program;
  const ops: Op[] = [...program.ops];
  const tables = new Map<TableName, Table>(program.tables);
  const push = (op: Op): ValueId => ops.push(op) - 1;

  const sums = indexes.map((index, i) => {
    tables.set(`index.${i}`, indexTable(index, shape.vocabulary));
    return push({ kind: "similarity", codes, index: `index.${i}` });
  });
  const credit = (all: readonly ValueId[]): ValueId[] => {
    let before: ValueId | undefined;
    for (const own of all) {
      before = push({ kind: "denominator", sums: own, ...(before === undefined ? {} : { before }) });
    }
    return all.map((own) => push({ kind: "credit", sums: own, surprise, denominator: before! }));
  };
  const alone = credit(sums);
  const paid = credit(sums.map((own, i) => push({ kind: "continuity", sums: own, credit: alone[i]! })));
  for (const of of [surprise, ...paid]) {
    push({ kind: "windowSum", of: push({ kind: "windowSum", of, stride: 1 }), stride: WINDOW_TERMS });
  }

  const from = program.ops.length;
  const block: Block = { kind: "attribution", from, to: ops.length, input: undefined, output: undefined };
  const indexed = { ...program, ops, tables, blocks: [...program.blocks, block] };
  proveAttribution(indexed);
  checkLimits(indexed);
  return indexed;
}

/** Values that hold the credits of a program's indexes that pay, in their order. */
export function creditsOf({ ops }: Program): ValueId[] {
  return [...ops.keys()].filter((value) => {
    const op = ops[value]!;
    return op.kind === "credit" && ops[op.sums]!.kind === "continuity";
  });
}
