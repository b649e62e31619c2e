import { loadKeccak, TraceTreeBuilder, traceLeaf, treeHeight, verifyNode, verifyReveal } from "@openledger/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadModel } from "../../model/model-folder.js";
import { LLAMA } from "../../serve/testModel.js";
import { compileModel } from "../compile/compileModel.js";
import { commitProgram } from "../document/commitProgram.js";
import type { Program } from "../program/Program.js";
import { ReferenceRows } from "../testing/ReferenceRows.js";
import { randomSource } from "../testing/random.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { TINY_SETTINGS } from "../testing/tinySettings.js";
import { LeafIndex } from "./LeafIndex.js";
import { type LeafPlace, partCount } from "./layout.js";
import { ReferenceProvider } from "./ReferenceProvider.js";
import type { BlockRequest, RowProvider } from "./RowProvider.js";
import { StageRows } from "./StageRows.js";
import { Trace, traceRoot } from "./Trace.js";

const keccak = await loadKeccak();

function tokensOf(count: number, seed = 1): number[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => Math.floor(random() * 11));
}

/** Every leaf in order, and the root over them: by a run of the reference, step by step and node by node. */
function slowTrace(program: Program, tokens: readonly number[]) {
  const { id } = commitProgram(keccak, program);
  const { row, token } = new ReferenceRows(program, tokens);
  const stages = new StageRows(program, row, token);
  const leaves: { readonly place: LeafPlace; readonly bytes: Uint8Array }[] = [];
  const builder = new TraceTreeBuilder(keccak);
  for (const position of tokens.keys()) {
    for (const op of program.ops.keys()) {
      for (const [part, bytes] of stages.leaves(op, position).entries()) {
        leaves.push({ place: { op, position, part }, bytes });
        builder.append(traceLeaf(id, { op, position, part }, bytes));
      }
    }
  }
  return { leaves, root: builder.root(id), count: builder.count };
}

function inputsOf(program: Program, tokens: readonly number[], stride?: number) {
  const provider = new ReferenceProvider(program);
  return {
    keccak,
    program: commitProgram(keccak, program),
    tokens,
    provider,
    ...(stride === undefined ? {} : { stride }),
  };
}

/** A provider that notes what it is asked. */
function noting(provider: RowProvider): RowProvider & { readonly asked: BlockRequest[] } {
  const asked: BlockRequest[] = [];
  return {
    asked,
    rows(request) {
      asked.push(request);
      return provider.rows(request);
    },
  };
}

const PROGRAMS: [string, Program, number][] = [
  ["8 bits", tinyProgram({ layers: 2 }), 37],
  ["15 bits, windows", tinyProgram({ digits: 2, weightDigits: 2, attentionDigits: 2, window: 5, layers: 2 }), 37],
  ["long rows", tinyProgram({ feedForward: 3300, biases: "all", headNorms: "all" }), 7],
  ["learned positions", tinyProgram({ mlp: "plain", positions: "learned", kvHeads: 2 }), 37],
  ["indexes", tinyProgram({ attribution: "indexed", vocabulary: 1600 }), 7],
  ["integers, windows", tinyProgram({ arithmetic: "integer", digits: 2, window: 5, layers: 2 }), 37],
  ["integers, long rows", tinyProgram({ arithmetic: "integer", feedForward: 3300, biases: "all" }), 7],
  ["integers, indexes", tinyProgram({ arithmetic: "integer", attribution: "indexed", vocabulary: 1600 }), 7],
];

describe("a trace", () => {
  test.each(PROGRAMS)(
    "has the root of all leaves in their order, whatever is run at a time: %s",
    async (_, program) => {
      const tokens = tokensOf(37);
      const slow = slowTrace(program, tokens);
      for (const stride of [1, 5, 16, undefined]) {
        expect(await traceRoot(inputsOf(program, tokens, stride))).toEqual({ root: slow.root, count: slow.count });
        const { root, count, index } = await Trace.record(inputsOf(program, tokens, stride));
        expect([root, count, index.count]).toEqual([slow.root, slow.count, slow.count]);
      }
    },
  );

  test("has it under all settings", async () => {
    await fc.assert(
      fc.asyncProperty(
        TINY_SETTINGS,
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 1, max: 30 }),
        async (settings, count, stride) => {
          const program = tinyProgram(settings);
          const tokens = tokensOf(count, settings.seed);
          expect(await traceRoot(inputsOf(program, tokens, stride))).toMatchObject({
            root: slowTrace(program, tokens).root,
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  test("has it for a compiled model", async () => {
    const program = compileModel(await loadModel(LLAMA), { tier: "w8a16" });
    const tokens = tokensOf(9);
    expect(await traceRoot(inputsOf(program, tokens))).toMatchObject({ root: slowTrace(program, tokens).root });
  });

  test.each(PROGRAMS)("gives any leaf again with its proof: %s", async (_, program, positions) => {
    const tokens = tokensOf(Math.min(positions, 18));
    const { leaves, root, count } = slowTrace(program, tokens);
    const { id } = commitProgram(keccak, program);
    const trace = await Trace.record(inputsOf(program, tokens));
    const stride = Math.max(1, Math.floor(count / 150));
    for (let index = 0; index < count; index += stride) {
      const { place, bytes } = leaves[index]!;
      expect(await trace.leaf(place), JSON.stringify(place)).toEqual(bytes);
      const node = traceLeaf(id, place, bytes);
      expect(verifyNode({ root, id, count }, { level: 0, index }, node, await trace.proof(place))).toBe(true);
    }
  });

  test("reveals what stands under any node", async () => {
    const program = tinyProgram();
    const { leaves, count } = slowTrace(program, tokensOf(12));
    const { id } = commitProgram(keccak, program);
    const trace = await Trace.record(inputsOf(program, tokensOf(12)));
    const top = treeHeight(count);
    let place = { level: top, index: 0 };
    let node = (await trace.reveal(place, 0)).slice();
    for (const depth of [2, top - 5, 3]) {
      const nodes = await trace.reveal(place, depth);
      expect(verifyReveal(count, place, node, depth, nodes)).toBe(true);
      const last = nodes.length / 32 - 1;
      node = nodes.slice(32 * last);
      place = { level: place.level - depth, index: place.index * 2 ** depth + last };
    }
    expect(place).toEqual({ level: 0, index: count - 1 });
    expect(node).toEqual(traceLeaf(id, leaves.at(-1)!.place, leaves.at(-1)!.bytes));
    await expect(trace.reveal({ level: 0, index: count }, 0)).rejects.toThrow("a place in a tree of");
  });

  test("makes again one block at one position for a leaf, a block or two for a proof", async () => {
    const program = tinyProgram({ layers: 3 });
    const provider = noting(new ReferenceProvider(program));
    const trace = await Trace.record({ ...inputsOf(program, tokensOf(40)), provider });
    expect(provider.asked.map(({ block, from, to }) => [block, from, to])).toEqual(
      [0, 1, 2, 3, 4].map((block) => [block, 0, 40]),
    );
    const asked = () => provider.asked.splice(0).map(({ block, from, to }) => [block, from, to]);
    asked();

    const op = program.blocks[2]!.from + 3;
    await trace.leaf({ op, position: 21, part: 0 });
    await trace.leaf({ op: op + 1, position: 21, part: 0 });
    expect(asked()).toEqual([[2, 21, 22]]);
    await trace.proof({ op, position: 30, part: 0 });
    expect(asked().length).toBeLessThanOrEqual(3);
    await trace.reveal({ level: 6, index: 3 }, 0);
    expect(asked()).toEqual([]);
  });

  test("runs no more positions at a time than it was told, and remembers no more than windows reach", async () => {
    const far = (window: number | null) => async (stride: number) => {
      const program = tinyProgram({ window, maxPositions: 200 });
      const provider = noting(new ReferenceProvider(program));
      await traceRoot({ ...inputsOf(program, tokensOf(190), stride), provider });
      expect(Math.max(...provider.asked.map(({ from, to }) => to - from))).toBe(stride);
      return Math.max(
        ...provider.asked.flatMap(({ from, past }) => [...past.values()].map(({ first }) => from - first)),
      );
    };
    expect(await far(20)(10)).toBeLessThanOrEqual(20 + 15);
    expect(await far(1)(16)).toBeLessThanOrEqual(16);
    expect(await far(null)(10)).toBe(180);
  });

  test("refuses tokens that are none, and rows that are not the program's", async () => {
    const program = tinyProgram();
    const refused = (code: string, message: string) =>
      expect.objectContaining({ code, message: expect.stringContaining(message) });
    await expect(traceRoot(inputsOf(program, []))).rejects.toThrow(
      refused("position_out_of_range", "1 to 64 positions"),
    );
    await expect(traceRoot(inputsOf(program, tokensOf(65)))).rejects.toThrow(
      refused("position_out_of_range", "65 tokens"),
    );
    await expect(traceRoot(inputsOf(program, [3, 11]))).rejects.toThrow(
      refused("token_out_of_range", "Token 11 at position 1"),
    );

    const honest = new ReferenceProvider(program);
    const forged = (change: (values: unknown[]) => unknown[]): RowProvider => ({
      rows: (request) => ({ values: change([...honest.rows(request).values]) as never }),
    });
    const run = (provider: RowProvider) => traceRoot({ ...inputsOf(program, [1, 2]), provider });
    await expect(run(forged((values) => values.slice(1)))).rejects.toThrow(
      refused("row_malformed", "rows of 0 values, not 1"),
    );
    await expect(run(forged(([, ...rest]) => [new Float32Array(15), ...rest]))).rejects.toThrow(
      refused("row_malformed", "Value 0 at positions 0 to 2 is f32[15], not f32[16]"),
    );
    await expect(run(forged(([, ...rest]) => [new Int32Array(16), ...rest]))).rejects.toThrow(
      refused("row_malformed", "is i32[16]"),
    );
  });

  test("names the leaves that a provider does not give again", async () => {
    const program = tinyProgram();
    let forging = false;
    const honest = new ReferenceProvider(program);
    const provider: RowProvider = {
      rows(request) {
        const { values } = honest.rows(request);
        if (forging) values[0]![0]! += 1;
        return { values };
      },
    };
    const trace = await Trace.record({ ...inputsOf(program, tokensOf(20)), provider });
    forging = true;
    await expect(trace.proof({ op: 12, position: 10, part: 0 })).rejects.toThrow(/leaves \d+ to \d+: expected/);
  });
});

describe("the index of a trace's leaves", () => {
  test("goes there and back over every leaf", () => {
    fc.assert(
      fc.property(TINY_SETTINGS, fc.integer({ min: 1, max: 30 }), (settings, positions) => {
        const program = tinyProgram({ ...settings, layers: 2 });
        const index = new LeafIndex(program, positions);
        let next = 0;
        for (let position = 0; position < positions; position++) {
          for (const op of program.ops.keys()) {
            for (let part = 0; part < partCount(program, op, position); part++) {
              const place = { op, position, part };
              if (index.indexOf(place) !== next) expect(index.indexOf(place), JSON.stringify(place)).toBe(next);
              if (next % 7 === 0) expect(index.placeOf(next)).toEqual(place);
              next++;
            }
          }
        }
        expect(index.count).toBe(next);
      }),
      { numRuns: 20 },
    );
  });

  test("knows long traces in which rows of keys take stages", () => {
    const program = tinyProgram({ heads: 2, kvHeads: 1, maxPositions: 7000, window: 6500, layers: 2 });
    const index = new LeafIndex(program, 7000);
    const places = [0, 1535, 1536, 6499, 6500, 6999].flatMap((position) =>
      [...program.ops.keys()].map((op) => ({ op, position, part: partCount(program, op, position) - 1 })),
    );
    for (const place of places) expect(index.placeOf(index.indexOf(place))).toEqual(place);
    const after = (place: LeafPlace) => index.placeOf(index.indexOf(place) + 1);
    const last = program.ops.length - 1;
    expect(after({ op: 3, position: 6500, part: 0 })).toEqual({ op: 4, position: 6500, part: 0 });
    expect(after({ op: last, position: 6500, part: 0 })).toEqual({ op: 0, position: 6501, part: 0 });
  });

  test("has no leaf beyond the last", () => {
    const index = new LeafIndex(tinyProgram(), 3);
    const refused = (message: string) =>
      expect.objectContaining({ code: "trace_malformed", message: expect.stringContaining(message) });
    for (const leaf of [-1, 0.5, index.count, Number.NaN]) {
      expect(() => index.placeOf(leaf)).toThrow(refused(`The trace has ${index.count} leaves`));
    }
    expect(() => index.indexOf({ op: 0, position: 0, part: 1 })).toThrow(
      refused("has 1 parts at position 0, no part 1"),
    );
    expect(() => index.indexOf({ op: 0, position: 0, part: -1 })).toThrow(refused("no part -1"));
    for (const [op, position] of [
      [0, 3],
      [49, 0],
      [-1, 0],
      [0, -1],
    ] as const) {
      expect(() => index.indexOf({ op, position, part: 0 })).toThrow(refused(`no operation ${op} at ${position}`));
    }
  });
});
