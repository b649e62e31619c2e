import fc from "fast-check";
import { bytesToHex, concat, type Hex, keccak256, numberToHex, stringToHex } from "viem";
import { describe, expect, it } from "vitest";
import { loadKeccak } from "./Keccak.js";
import { TraceRowHasher } from "./TraceRowHasher.js";
import { TraceTreeBuilder } from "./TraceTreeBuilder.js";
import { TraceTreeRecorder } from "./TraceTreeRecorder.js";
import { traceLeaf, traceLeaves } from "./traceLeaf.js";
import { levelWidth, revealWidth, treeHeight } from "./treeShape.js";
import { verifyNode, verifyReveal } from "./verifyNode.js";

const keccak = await loadKeccak();
const program = keccak256(stringToHex("program"));
const leafOf = (i: number): Uint8Array => keccak256(numberToHex(i, { size: 8 }), "bytes");
const leavesFrom = (first: number, count: number): Uint8Array =>
  Uint8Array.from(Array.from({ length: count }, (_, i) => [...leafOf(first + i)]).flat());

/** MTH of RFC 6962, read off. */
function slowTop(leaves: readonly Hex[]): Hex {
  if (leaves.length === 1) return leaves[0]!;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return keccak256(concat(["0x01", slowTop(leaves.slice(0, half)), slowTop(leaves.slice(half))]));
}

function slowRoot(count: number): Hex {
  const leaves = Array.from({ length: count }, (_, i) => bytesToHex(leafOf(i)));
  const top = count === 0 ? numberToHex(0, { size: 32 }) : slowTop(leaves);
  return keccak256(concat(["0x02", program, numberToHex(count, { size: 8 }), top]));
}

function treeOf(count: number, blockLevel: number) {
  const recorder = new TraceTreeRecorder(keccak, { blockLevel });
  recorder.appendAll(leavesFrom(0, count));
  return recorder.tree(leavesFrom);
}

describe("trace tree", () => {
  it("has the root of RFC 6962's tree at every count, streamed and recorded", () => {
    const builder = new TraceTreeBuilder(keccak);
    for (let count = 0; count <= 70; count++) {
      expect(builder.root(program)).toBe(slowRoot(count));
      for (const blockLevel of [0, 1, 3, 10]) expect(treeOf(count, blockLevel).root(program)).toBe(slowRoot(count));
      builder.append(leafOf(count));
    }
  });

  it("takes leaves one by one and in portions of any size", () => {
    const portions = fc.array(fc.oneof(fc.nat(9), fc.nat(5000)), { maxLength: 8 });
    fc.assert(
      fc.property(portions, fc.integer({ min: 0, max: 12 }), (sizes, blockLevel) => {
        const [alone, builder] = [new TraceTreeBuilder(keccak), new TraceTreeBuilder(keccak)];
        const recorder = new TraceTreeRecorder(keccak, { blockLevel });
        for (const size of sizes) {
          const leaves = new Uint8Array(32 * size).map((_, at) => (at >> 5) + 7 * alone.count);
          for (let at = 0; at < leaves.length; at += 32) alone.append(leaves.slice(at, at + 32));
          builder.appendAll(leaves);
          recorder.appendAll(leaves);
          leaves.fill(0);
        }

        expect([builder.count, builder.root(program)]).toEqual([alone.count, alone.root(program)]);
        expect(recorder.tree(leavesFrom).root(program)).toBe(alone.root(program));
      }),
      { numRuns: 30 },
    );
    expect(() => new TraceTreeBuilder(keccak).appendAll(new Uint8Array(33))).toThrow("32 bytes each, found 33 bytes");
  });

  it("proves every node of every count from whatever is kept", async () => {
    for (let count = 1; count <= 70; count++) {
      const tree = treeOf(count, count % 8);
      const claim = { root: slowRoot(count), id: program, count };
      for (let level = 0; level <= treeHeight(count); level++) {
        for (let index = 0; index < levelWidth(count, level); index++) {
          const [node, siblings] = [await tree.reveal({ level, index }, 0), await tree.proof({ level, index })];
          if (!verifyNode(claim, { level, index }, node, siblings)) expect.fail(`${count}: ${level}/${index}`);
        }
      }
    }
  });

  it("finds no leaf at another place, under another count, id or root, or by a cut or longer proof", async () => {
    const arbitrary = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(80), fc.nat(80));
    await fc.assert(
      fc.asyncProperty(arbitrary, async ([count, a, otherIndex, otherCount]) => {
        const index = a % count;
        const siblings = await treeOf(count, 2).proof({ level: 0, index });
        const claim = { root: slowRoot(count), id: program, count };
        const [leaf, place] = [leafOf(index), { level: 0, index }];

        expect(verifyNode(claim, place, leaf, siblings)).toBe(true);
        expect(verifyNode(claim, { level: 0, index: otherIndex }, leaf, siblings)).toBe(otherIndex === index);
        expect(verifyNode({ ...claim, count: otherCount }, place, leaf, siblings)).toBe(otherCount === count);
        expect(verifyNode({ ...claim, id: claim.root }, place, leaf, siblings)).toBe(false);
        expect(verifyNode({ ...claim, root: program }, place, leaf, siblings)).toBe(false);
        expect(verifyNode(claim, place, leaf, [...siblings, leaf])).toBe(false);
        expect(verifyNode(claim, place, leaf, siblings.slice(1))).toBe(siblings.length === 0);
        expect(verifyNode(claim, { level: 1, index: 0 }, leaf, siblings.slice(1))).toBe(false);
      }),
    );
  });

  it("takes no malformed claim or place", async () => {
    const siblings = await treeOf(5, 0).proof({ level: 0, index: 4 });
    const claim = { root: slowRoot(5), id: program, count: 5 };
    for (const index of [-1, 5, 0.5, Number.NaN, 2 ** 53]) {
      expect(verifyNode(claim, { level: 0, index }, leafOf(4), siblings)).toBe(false);
    }
    for (const count of [-1, 0, 4.5, Number.NaN, 2 ** 60]) {
      expect(verifyNode({ ...claim, count }, { level: 0, index: 4 }, leafOf(4), siblings)).toBe(false);
    }
    expect(verifyNode(claim, { level: 0, index: 4 }, leafOf(4).slice(1), siblings)).toBe(false);
    expect(verifyNode(claim, { level: 0, index: 4 }, leafOf(4), [siblings[0]!.slice(1)])).toBe(false);
    expect(verifyNode(claim, { level: 0, index: 4 }, leafOf(4), siblings)).toBe(true);
  });

  it("reveals what stands under a node, all of it and nothing else", async () => {
    const arbitrary = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), fc.nat(), fc.nat(9));
    await fc.assert(
      fc.asyncProperty(arbitrary, async ([count, a, b, c, blockLevel]) => {
        const level = a % (treeHeight(count) + 1);
        const place = { level, index: b % levelWidth(count, level) };
        const depth = c % (level + 1);
        const tree = treeOf(count, blockLevel);
        const [node, nodes] = [await tree.reveal(place, 0), await tree.reveal(place, depth)];

        expect(nodes.length).toBe(32 * revealWidth(count, place, depth));
        expect(verifyReveal(count, place, node, depth, nodes)).toBe(true);
        expect(verifyReveal(count, place, node, depth, nodes.slice(32))).toBe(false);
        expect(verifyReveal(count, place, node, depth, Uint8Array.of(...nodes, ...node))).toBe(false);
        nodes[nodes.length - 1]! ^= 1;
        expect(verifyReveal(count, place, node, depth, nodes)).toBe(false);
      }),
    );
  });

  it("reads one block for a proof, whatever the size of the tree", async () => {
    const recorder = new TraceTreeRecorder(keccak, { blockLevel: 4 });
    recorder.appendAll(leavesFrom(0, 1000));
    const asked: [number, number][] = [];
    const tree = recorder.tree((first, count) => {
      asked.push([first, count]);
      return leavesFrom(first, count);
    });

    await tree.proof({ level: 0, index: 999 });
    await tree.proof({ level: 2, index: 5 });
    await tree.reveal({ level: 10, index: 0 }, 6);

    expect(asked).toEqual([
      [992, 8],
      [16, 16],
    ]);
  });

  it("names the leaves that are not those it kept", async () => {
    const recorder = new TraceTreeRecorder(keccak, { blockLevel: 2 });
    recorder.appendAll(leavesFrom(0, 9));
    const tree = recorder.tree((first, count) => leavesFrom(first + 1, count));

    await expect(tree.proof({ level: 0, index: 5 })).rejects.toThrow(/leaves 4 to 8/);
    await expect(tree.proof({ level: 0, index: 9 })).rejects.toThrow(/place in a tree of 9 leaves/);
    await expect(tree.reveal({ level: 1, index: 0 }, 2)).rejects.toThrow(/0 to 1/);
  });
});

describe("trace leaf", () => {
  const place = { op: 1, position: 2, part: 3 };
  const row = new Uint8Array(64).fill(7);

  it("binds program, op, position, part and bytes", () => {
    const expected = keccak256(concat(["0x00", program, "0x000000010000000200000003", bytesToHex(row)]));
    expect(bytesToHex(traceLeaf(program, place, row))).toBe(expected);
    const others = [
      traceLeaf(keccak256("0x"), place, row),
      traceLeaf(program, { op: 1, position: 3, part: 2 }, row),
      traceLeaf(program, { op: 2, position: 1, part: 3 }, row),
      traceLeaf(program, place, row.slice(1)),
    ];
    for (const other of others) expect(bytesToHex(other)).not.toBe(expected);
  });

  it("is no inner node, though its bytes are two nodes", () => {
    const two = Uint8Array.of(...leafOf(0), ...leafOf(1));
    const inner = keccak256(Uint8Array.of(1, ...two));
    const asProgram = traceLeaf(bytesToHex(leafOf(0)), place, leafOf(1));
    expect(bytesToHex(traceLeaf(program, place, two))).not.toBe(inner);
    expect(bytesToHex(asProgram)).not.toBe(inner);
  });

  it("is the same in bulk", () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i & 255);
    const places = [place, { op: 0xffffffff, position: 0, part: 0 }, { op: 0, position: 9, part: 1 }];
    const alone = (bounds: readonly number[]): number[] =>
      places.flatMap((at, i) => [...traceLeaf(program, at, bytes.slice(bounds[i], bounds[i + 1]))]);

    expect([...traceLeaves(keccak, program, places, { bytes, bounds: 100 })]).toEqual(alone([0, 100, 200, 300]));
    expect([...traceLeaves(keccak, program, places, { bytes, bounds: Uint32Array.of(0, 1, 200, 300) })]).toEqual(
      alone([0, 1, 200, 300]),
    );
  });

  it("is the same of rows cut in leaves", () => {
    const rows = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 130 }), (list, leafBytes) => {
        const hasher = new TraceRowHasher(keccak, program, leafBytes);
        for (const part of [0, 5]) {
          const expected = list.flatMap((bytes, op) =>
            Array.from({ length: Math.ceil(bytes.length / leafBytes) }, (_, i) => {
              const cut = bytes.slice(i * leafBytes, (i + 1) * leafBytes);
              return traceLeaf(program, { op, position: 9, part: part + i }, cut);
            }),
          );

          const added = list.map((bytes, op) => hasher.add(op, 9, part, bytes.slice()));

          expect(added.reduce((sum, count) => sum + count, 0)).toBe(expected.length);
          expect(hasher.take()).toEqual(Uint8Array.from(expected.flatMap((node) => [...node])));
        }
      }),
      { numRuns: 30 },
    );
    // The first leaf still waits for a partner when its node moves.
    const many = new TraceRowHasher(keccak, program, 1);
    many.add(7, 0, 0, Uint8Array.of(9));
    many.add(0, 0, 0, new Uint8Array(3000));
    const nodes = many.take();
    expect(nodes.slice(0, 32)).toEqual(traceLeaf(program, { op: 7, position: 0, part: 0 }, Uint8Array.of(9)));
    expect(nodes.slice(32 * 3000)).toEqual(traceLeaf(program, { op: 0, position: 0, part: 2999 }, Uint8Array.of(0)));
  });

  it("refuses what it cannot say", () => {
    const hasher = new TraceRowHasher(keccak, program, 64);
    expect(() => hasher.add(0, 0, 0, new Uint8Array(0))).toThrow(/at least a byte/);
    expect(() => hasher.add(0, -1, 0, row)).toThrow(/position: expected/);
    expect(() => new TraceRowHasher(keccak, program, 4097)).toThrow(/leafBytes: expected 1 to 4096/);
    expect(() => new TraceRowHasher(keccak, "0x12", 64)).toThrow(/programId/);
    expect(() => traceLeaf(program, { ...place, op: -1 }, row)).toThrow(/op: expected/);
    expect(() => traceLeaf(program, { ...place, part: 2 ** 32 }, row)).toThrow(/part: expected/);
    expect(() => traceLeaf(program, { ...place, position: 0.5 }, row)).toThrow(/position: expected/);
    expect(() => traceLeaf("0x12", place, row)).toThrow(/programId/);
    expect(() => traceLeaf(program, place, new Uint8Array(0))).toThrow(/1 to 4096 bytes/);
    expect(() => traceLeaf(program, place, new Uint8Array(4097))).toThrow(/1 to 4096 bytes/);
    expect(() => traceLeaves(keccak, program, [place], { bytes: row, bounds: 32 })).toThrow(/one for each row/);
  });
});
