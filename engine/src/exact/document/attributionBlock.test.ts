import { loadKeccak } from "@openledger/sdk";
import { describe, expect, test } from "vitest";
import type { Block, Program } from "../program/Program.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { commitProgram } from "./commitProgram.js";
import { readProgramDocument } from "./readProgramDocument.js";

const keccak = await loadKeccak();

const INDEXED = tinyProgram({ attribution: "indexed" });
const BASE = tinyProgram({ attribution: "base" });
const [LAYER, HEAD, ATTRIBUTION] = [1, 2, 3];

function at(kind: string): number {
  return INDEXED.ops.findIndex((op) => op.kind === kind);
}

function withBlock(index: number, changes: Partial<Block>): Program {
  return { ...INDEXED, blocks: INDEXED.blocks.map((block, i) => (i === index ? { ...block, ...changes } : block)) };
}

function withOp(index: number, changes: object): Program {
  return { ...INDEXED, ops: INDEXED.ops.map((op, i) => (i === index ? ({ ...op, ...changes } as typeof op) : op)) };
}

/** A second row of logits, in place of codes, is the program's. */
function otherLogits(): Program {
  const logits = BASE.ops[BASE.logits]!;
  const codes = BASE.codes!;
  return { ...BASE, ops: BASE.ops.with(codes, logits), logits: codes, codes: undefined };
}

function without(name: "surprise" | "codes"): Program {
  return { ...INDEXED, [name]: undefined } as Program;
}

describe("a program with an attribution block", () => {
  test("is read as it was written", () => {
    const { document, id, planes } = commitProgram(keccak, INDEXED);
    const read = readProgramDocument(document);
    expect([read.id, read.planes]).toEqual([id, planes]);
    expect(read.program.surprise).toBe(at("surprise"));
    expect(read.program.blocks.at(-1)?.kind).toBe("attribution");
    expect([...planes.keys()].filter((name) => name.startsWith("index.0"))).toEqual([
      "index.0.entries",
      "index.0.codes",
      "index.0.thresholds",
    ]);
    expect(planes.get("index.1.codes")).toMatchObject({ type: "u8", rows: 3, rowBytes: 70 * 16 });
    expect(planes.get("index.1.entries")).toMatchObject({ type: "i32", rows: 3, rowBytes: 70 * 4 });
  });

  const { from, to } = INDEXED.blocks[ATTRIBUTION]!;
  test.each<[string, Program, string]>([
    ["before its head", withBlock(LAYER, { kind: "attribution" }), "0 blocks are layers, not 1"],
    ["twice", withBlock(HEAD, { kind: "attribution" }), "block 2 (attribution): its place is that of head"],
    ["as another head", withBlock(ATTRIBUTION, { kind: "head" }), "block 2 (head): its place is that of layer"],
    ["with an output", withBlock(ATTRIBUTION, { output: from }), `block 3 (attribution): output ${from}`],
    [
      "with a residual row",
      withBlock(ATTRIBUTION, { input: at("add") }),
      "its input is not what the block before it leaves",
    ],
    ["without codes", without("codes"), `codes and surprise (values none and ${at("surprise")}) are not its head's`],
    ["without surprise", without("surprise"), "are not its head's"],
    ["that reads its own codes", { ...INDEXED, codes: to - 1 }, "are not its head's"],
    ["that reads an earlier block's codes", { ...INDEXED, codes: 1 }, "are not its head's"],
    [
      "that reads logits",
      withOp(at("denominator"), { sums: at("integerLogits") }),
      `operation ${at("denominator")} reads value ${at("integerLogits")} of an earlier block`,
    ],
    ["whose surprise is none", { ...BASE, surprise: at("signBits") }, `value ${at("signBits")} is no surprise`],
    ["whose surprise is of other logits", otherLogits(), `value ${at("surprise")} is no surprise of these logits`],
    ["of codes of another length", withOp(at("similarity"), { codes: at("surprise") }), "1 bytes of a code, not 16"],
    ["of weights that are no table", withOp(at("surprise"), { table: "index.0" }), 'Table "index.0" is index'],
    ["of an index that is none", withOp(at("similarity"), { index: "surprise" }), 'Table "surprise" is integers'],
    [
      "of a denominator of one digit",
      withOp(at("credit"), { denominator: at("similarity") }),
      "5 digits of a denominator",
    ],
  ])("is refused %s", (_, program, found) => {
    expect(() => commitProgram(keccak, program)).toThrow(
      expect.objectContaining({ code: "program_malformed", message: expect.stringContaining(found) }),
    );
  });
});
