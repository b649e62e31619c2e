import { ExactError } from "../errors.js";
import type { Op, ValueId } from "../program/Op.js";
import type { Block, Program } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import { planesOf } from "./tablePlanes.js";
import { valuesRead } from "./valuesRead.js";

/**
 * Refuses a program whose parts do not fit each other: operations their inputs and tables, blocks the operations (only the
 * residual row crosses from one to the next), outputs the shape, tables the positions and tokens that they are read at, and
 * names of planes each other.
 *
 * @throws ExactError `program_malformed`
 */
export function checkProgram(program: Program): void {
  shapesOf(program);
  checkBlocks(program);
  checkOutputs(program);
  for (const [index, op] of program.ops.entries()) checkReach(program, index, op);
  checkPlanes(program);
}

/** Values that enter a block besides the residual row: codes and surprise, where attribution reads them. */
export function enteringValues({ codes, surprise }: Program, { kind }: Block): ValueId[] {
  return kind === "attribution" ? [codes, surprise].filter((value) => value !== undefined) : [];
}

function checkBlocks(program: Program): void {
  const { ops, blocks, shape } = program;
  const layers = blocks.filter(({ kind }) => kind === "layer").length;
  if (layers !== shape.layers) refuse(`${layers} blocks are layers, not ${shape.layers}`);
  const last = blocks.length - (blocks.at(-1)?.kind === "attribution" ? 2 : 1);
  let before: Block | undefined;
  for (const [index, block] of blocks.entries()) {
    const kind = index === 0 ? "embedding" : index < last ? "layer" : index === last ? "head" : "attribution";
    const fault = (found: string): never => refuse(`block ${index} (${block.kind}): ${found}`);
    if (block.kind !== kind) fault(`its place is that of ${kind}`);
    if (block.from !== (before?.to ?? 0) || block.to <= block.from) fault(`operations ${block.from} to ${block.to}`);
    if (block.input !== before?.output) fault(`its input is not what the block before it leaves`);
    const { output } = block;
    const isEnd = kind === "head" || kind === "attribution";
    if (isEnd ? output !== undefined : output === undefined || output < block.from || output >= block.to) {
      fault(`output ${output ?? "none"}`);
    }
    const entering = [block.input, ...enteringValues(program, block)];
    if (kind === "attribution") checkEntering(program, before, fault);
    for (let op = block.from; op < block.to && op < ops.length; op++) {
      const foreign = valuesRead(ops[op]!).find((value) => value < block.from && !entering.includes(value));
      if (foreign !== undefined) fault(`operation ${op} reads value ${foreign} of an earlier block`);
    }
    before = block;
  }
  if (before?.to !== ops.length) refuse(`blocks end at ${before?.to ?? 0} of ${ops.length} operations`);
}

/** Attribution reads codes and surprise, which the head makes. */
function checkEntering({ codes, surprise }: Program, head: Block | undefined, fault: (found: string) => never): void {
  for (const value of [codes, surprise]) {
    const isMade = head?.kind === "head" && value !== undefined && value >= head.from && value < head.to;
    if (!isMade) fault(`codes and surprise (values ${codes ?? "none"} and ${surprise ?? "none"}) are not its head's`);
  }
}

function checkOutputs(program: Program): void {
  const { arithmetic, blocks, shape, logits, codes, surprise } = program;
  const shapes = shapesOf(program);
  const found = shapes[logits];
  if (found?.type !== "i32" || found.keyed || found.length !== shape.vocabulary) {
    refuse(`value ${logits} is no row of logits, i32[${shape.vocabulary}]`);
  }
  if (codes !== undefined && (shapes[codes]?.type !== "u8" || shapes[codes].keyed)) {
    refuse(`value ${codes} is no row of codes, u8`);
  }
  if (surprise !== undefined) {
    const op = program.ops[surprise];
    if (op?.kind !== "surprise" || op.logits !== logits) refuse(`value ${surprise} is no surprise of these logits`);
  }
  for (const { output } of blocks) {
    if (output === undefined) continue;
    const row = shapes[output]!;
    const number = arithmetic === "float" ? "f32" : "i32";
    if (row.type !== number || lengthAt(row, 0) !== shape.hidden || row.keyed) {
      refuse(`value ${output} is no residual row, ${number}[${shape.hidden}]`);
    }
  }
}

/** Tables that are read by token or position have a row for each. */
function checkReach({ tables, shape }: Program, index: number, op: Op): void {
  if (op.kind !== "embed" && op.kind !== "addPosition" && op.kind !== "rotate") return;
  const outline = outlineOf(tables.get(op.table)!);
  const rows = "rows" in outline ? outline.rows : 1;
  const needed = op.kind === "embed" ? shape.vocabulary : shape.maxPositions;
  if (rows < needed) refuse(`operation ${index} (${op.kind}): its table has ${rows} rows, not ${needed}`);
}

function checkPlanes({ tables }: Program): void {
  const names = new Set<string>();
  for (const [table, content] of tables) {
    for (const { name } of planesOf(table, outlineOf(content))) {
      if (names.has(name)) refuse(`two tables have a plane "${name}"`);
      names.add(name);
    }
  }
}

function refuse(found: string): never {
  throw new ExactError("program_malformed", `The program does not fit together: ${found}.`);
}
