import type { AttributionOutline } from "@openledger/sdk";
import type { CommittedProgram } from "../exact/document/CommittedProgram.js";
import type { Op, TableName, ValueId } from "../exact/program/Op.js";
import type { Program } from "../exact/program/Program.js";
import { outlineOf } from "../exact/program/TableOutline.js";
import { lengthAt, shapesOf } from "../exact/reference/shapes.js";

/** What the contract takes for an operation that a program does not have. */
const NONE = 2 ** 32 - 1;

/** What a program's document says of each of its indexes, as `AttributionVerifier` takes it. */
export function attributionOutlines({
  program,
  planes,
}: Pick<CommittedProgram, "program" | "planes">): AttributionOutline[] {
  const { codes, surprise } = program;
  if (codes === undefined || surprise === undefined) return [];
  return valuesOf(program, "similarity").map((similarity) => {
    const { index } = program.ops[similarity] as Op & { kind: "similarity" };
    const continuity = valuesOf(program, "continuity").find(
      (value) => (program.ops[value] as Op & { kind: "continuity" }).sums === similarity,
    )!;
    const { records, positions, vocabulary } = indexShape(program, index);
    const plane = (name: string) => {
      const { id, root } = planes.get(`${index}.${name}`)!;
      return { id, root };
    };
    return {
      codes,
      surprise,
      similarity,
      continuity,
      plain: weighingOf(program, similarity),
      carried: weighingOf(program, continuity),
      surprises: windowsOf(program, surprise),
      credited: windowsOf(program, weighingOf(program, continuity).credit),
      records,
      positions,
      vocabulary,
      entries: plane("entries"),
      postings: plane("codes"),
      thresholds: plane("thresholds"),
    };
  });
}

/** What makes credits of the sums of an index. */
function weighingOf(program: Program, sums: ValueId): AttributionOutline["plain"] {
  const own = valuesOf(program, "denominator").find((value) => denominatorAt(program, value).sums === sums)!;
  const credit = valuesOf(program, "credit").find(
    (value) => (program.ops[value] as Op & { kind: "credit" }).sums === sums,
  )!;
  const { denominator } = program.ops[credit] as Op & { kind: "credit" };
  return {
    own,
    before: linkOf(program, denominatorAt(program, own).before),
    last: linkOf(program, denominator),
    credit,
  };
}

/** What adds up the rows of a value over 8 and over 64 positions. */
function windowsOf(program: Program, value: ValueId): AttributionOutline["credited"] {
  const over = (of: ValueId) =>
    valuesOf(program, "windowSum").find((sum) => (program.ops[sum] as Op & { kind: "windowSum" }).of === of)!;
  const eight = over(value);
  return { eight, sixtyFour: over(eight) };
}

function linkOf(program: Program, op: ValueId | undefined): AttributionOutline["plain"]["before"] {
  if (op === undefined) return { op: NONE, records: 0 };
  return { op, records: lengthAt(shapesOf(program)[denominatorAt(program, op).sums]!, 0) };
}

function denominatorAt({ ops }: Program, value: ValueId): Op & { kind: "denominator" } {
  return ops[value] as Op & { kind: "denominator" };
}

function valuesOf({ ops }: Program, kind: Op["kind"]): ValueId[] {
  return [...ops.keys()].filter((value) => ops[value]!.kind === kind);
}

function indexShape({ tables }: Program, name: TableName) {
  const outline = outlineOf(tables.get(name)!);
  if (outline.kind !== "index") throw new Error(`table "${name}" is no index`);
  return outline;
}
