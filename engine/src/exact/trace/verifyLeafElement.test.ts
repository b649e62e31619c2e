import { loadKeccak } from "@openledger/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitProgram } from "../document/commitProgram.js";
import { readProgramDocument } from "../document/readProgramDocument.js";
import type { Program } from "../program/Program.js";
import { decodeElements } from "../reference/elementBytes.js";
import { ELEMENT_BYTES } from "../reference/Row.js";
import { LeafList } from "../testing/LeafList.js";
import { randomSource } from "../testing/random.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import type { ElementEvidence } from "./ElementEvidence.js";
import { type LeafPlace, partOf, partsOf } from "./layout.js";
import { openElement } from "./openElement.js";
import { ReferenceProvider } from "./ReferenceProvider.js";
import { Trace } from "./Trace.js";
import { type ElementVerdict, verifyLeafElement } from "./verifyLeafElement.js";

const keccak = await loadKeccak();

function tokensOf(count: number): number[] {
  const random = randomSource(count);
  return Array.from({ length: count }, () => Math.floor(random() * 11));
}

/** A program, an honest trace of it, and what a court has of both: the document alone, and the root. */
class Scene {
  readonly committed;
  readonly court;
  readonly honest: LeafList;

  constructor(
    readonly program: Program,
    readonly tokens: readonly number[],
  ) {
    this.committed = commitProgram(keccak, program);
    this.court = readProgramDocument(this.committed.document);
    this.honest = LeafList.honest(keccak, this.committed, tokens);
  }

  async open(leaves: LeafList, place: LeafPlace, element: number): Promise<ElementEvidence> {
    return await openElement({ keccak, program: this.committed, tokens: this.tokens, leaves }, place, element);
  }

  verify(leaves: LeafList, evidence: ElementEvidence): ElementVerdict {
    return verifyLeafElement(this.court, { root: leaves.root, tokens: this.tokens }, evidence);
  }

  /** A part of every stage of every operation, at a position. */
  classes(position: number): { readonly place: LeafPlace; readonly name: string; readonly elements: number }[] {
    return [...this.program.ops.entries()].flatMap(([op, { kind }]) => {
      const stages = new Map(partsOf(this.program, op, position).map((part, i) => [part.stage, { ...part, i }]));
      return [...stages.values()].map(({ name, i, from, to }) => ({
        place: { op, position, part: i },
        name: `${kind} ${name}`,
        elements: to - from,
      }));
    });
  }
}

const SCENES = [
  new Scene(tinyProgram({ kvHeads: 2, headNorms: "all", biases: "all", digits: 2 }), tokensOf(19)),
  new Scene(tinyProgram({ mlp: "plain", positions: "learned", window: 3, vocabulary: 300 }), tokensOf(19)),
  new Scene(
    tinyProgram({ feedForward: 4200, digits: 2, weightDigits: 2, attentionDigits: 2, maxPositions: 8 }),
    tokensOf(2),
  ),
  new Scene(tinyProgram({ hidden: 6200, heads: 1, kvHeads: 1, feedForward: 1, maxPositions: 2 }), tokensOf(1)),
  new Scene(tinyProgram({ heads: 2, headDim: 600, attentionDigits: 2, maxPositions: 4 }), tokensOf(2)),
  new Scene(tinyProgram({ attribution: "indexed", vocabulary: 1600 }), [3, 1599, 7, 1598]),
  new Scene(
    tinyProgram({ arithmetic: "integer", kvHeads: 2, headNorms: "all", biases: "all", digits: 2, attentionDigits: 2 }),
    tokensOf(19),
  ),
  new Scene(
    tinyProgram({ arithmetic: "integer", mlp: "plain", positions: "learned", window: 3, feedForward: 3300 }),
    tokensOf(4),
  ),
];

describe("an element of a leaf", () => {
  test.each(SCENES.map((scene, i) => [i, scene] as const))(
    "holds where the trace is honest: scene %i",
    async (_, scene) => {
      for (const position of new Set([0, scene.tokens.length - 1])) {
        for (const { place, name, elements } of scene.classes(position)) {
          for (const element of new Set([0, elements >> 1, elements - 1])) {
            const evidence = await scene.open(scene.honest, place, element);
            expect(evidence.inputs.length + evidence.parts.length).toBeLessThanOrEqual(8);
            const { type, from, to } = partOf(scene.program, place);
            const value = decodeElements(type, to - from, evidence.leaf.bytes)[element];
            expect(scene.verify(scene.honest, evidence), name).toEqual({ verdict: "holds", value });
          }
        }
      }
    },
  );

  test.each(SCENES.map((scene, i) => [i, scene] as const))(
    "is found false in any bit of any kind of leaf: scene %i",
    async (i, scene) => {
      const random = randomSource(i);
      for (const { place, name, elements } of scene.classes(scene.tokens.length - 1)) {
        const element = Math.floor(random() * elements);
        const size = ELEMENT_BYTES[partOf(scene.program, place).type];
        const bit = Math.floor(random() * 8 * size);
        const forged = scene.honest.with(place, (bytes) => {
          bytes[element * size + (bit >> 3)]! ^= 1 << (bit & 7);
          return bytes;
        });
        const honest = scene.verify(scene.honest, await scene.open(scene.honest, place, element));

        const verdict = scene.verify(forged, await scene.open(forged, place, element));

        expect(verdict, name).toMatchObject({ verdict: "value", place });
        if (verdict.verdict === "value" && honest.verdict === "holds") expect(verdict.found).toBe(honest.value);
      }
    },
  );

  test("was tried of every kind of operation, and every stage that few positions have", () => {
    const classes = SCENES.flatMap((scene) => scene.classes(scene.tokens.length - 1).map(({ name }) => name));
    expect(new Set(classes.map((name) => name.split(" ")[0])).size).toBe(31);
    expect([...new Set(classes)].filter((name) => !name.endsWith(" row")).sort()).toEqual([
      "linear chunks",
      "linear sums",
      "mix pages",
      "mix partials",
      "rowScale partials",
      "scores products",
      "sumSquares partials",
      "surprise greatest",
      "surprise partials",
      "surprise sums",
      "surprise weights",
    ]);
  });

  test("is no proof of anything where its inputs are false, but of a bound", async () => {
    const [scene] = SCENES;
    const op = scene!.program.ops.findIndex(({ kind }) => kind === "linear");
    const digits = { op: op - 2, position: 4, part: 0 };
    expect(scene!.program.ops[digits.op]!.kind).toBe("quantizeRest");
    const place = { op, position: 4, part: 0 };

    const wrong = scene!.honest.with(digits, (bytes) => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)));
    expect(scene!.verify(wrong, await scene!.open(wrong, place, 2))).toMatchObject({ verdict: "value", place });
    expect(scene!.verify(wrong, await scene!.open(wrong, digits, 0))).toMatchObject({
      verdict: "value",
      place: digits,
    });
    const broken = scene!.honest.with(digits, (bytes) => bytes.fill(0x80));
    expect(scene!.verify(broken, await scene!.open(broken, place, 2))).toMatchObject({
      verdict: "bound",
      place,
      cause: { code: "bound_violated", site: { op, position: 4, value: -128 } },
    });
  });

  test("convicts a leaf of another length, wherever it is read", async () => {
    const [scene] = SCENES;
    const op = scene!.program.ops.findIndex(({ kind }) => kind === "linear");
    const digits = { op: op - 2, position: 4, part: 0 };
    const short = scene!.honest.with(digits, (bytes) => bytes.slice(1));
    const long = scene!.honest.with(digits, (bytes) => Uint8Array.of(...bytes, 0));
    for (const [leaves, claimed] of [
      [short, 7],
      [long, 9],
    ] as const) {
      const at = (place: LeafPlace) => ({ ...place, bytes: leaves.bytes(place) });
      const honest = await scene!.open(scene!.honest, { op, position: 4, part: 0 }, 2);
      const reopened = async (place: LeafPlace) => ({ ...at(place), siblings: await leaves.proof(place) });
      const evidence = {
        ...honest,
        leaf: await reopened(honest.leaf),
        inputs: await Promise.all(honest.inputs.map(({ op, position, part }) => reopened({ op, position, part }))),
      };
      expect(scene!.verify(leaves, evidence)).toEqual({ verdict: "length", place: digits, claimed, found: 8 });
      const own = { leaf: await reopened(digits), element: 0, inputs: [], parts: [] };
      expect(() => scene!.verify(leaves, own)).toThrow(expect.objectContaining({ code: "evidence_unusable" }));
      const whole = await scene!.open(scene!.honest, digits, 0);
      const inputs = await Promise.all(whole.inputs.map(({ op, position, part }) => reopened({ op, position, part })));
      expect(scene!.verify(leaves, { ...whole, inputs, leaf: await reopened(digits) })).toMatchObject({
        verdict: "length",
        place: digits,
      });
    }
  });

  test("is shown by a trace that makes its leaves again", async () => {
    const { program, committed, court, tokens, honest } = SCENES[0]!;
    const trace = await Trace.record({ keccak, program: committed, tokens, provider: new ReferenceProvider(program) });
    expect(trace.root).toBe(honest.root);
    const place = { op: 12, position: 9, part: 0 };
    const evidence = await openElement({ keccak, program: committed, tokens, leaves: trace }, place, 1);
    expect(verifyLeafElement(court, { root: trace.root, tokens }, evidence)).toMatchObject({ verdict: "holds" });
  });

  test("is not judged by evidence in which anything is missing, changed or of another trace", async () => {
    const [scene, other] = SCENES;
    const places = scene!.classes(18).filter(({ name }) => !name.startsWith("mix pages"));
    const unusable = expect.objectContaining({
      code: "evidence_unusable",
      message: expect.stringMatching(/^The evidence shows nothing: /),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.nat(7),
        fc.nat(),
        fc.nat(),
        async ({ place, elements }, how, a, b) => {
          const evidence = await scene!.open(scene!.honest, place, a % elements);
          const verdict = (changed: ElementEvidence) => () => scene!.verify(scene!.honest, changed);
          const list = [evidence.leaf, ...evidence.inputs, ...evidence.parts];
          const which = b % list.length;
          const replaced = (change: <T extends (typeof list)[number]>(opened: T) => T): ElementEvidence => {
            const at = <T extends (typeof list)[number]>(opened: T): T =>
              opened === list[which] ? change(opened) : opened;
            return {
              ...evidence,
              leaf: at(evidence.leaf),
              inputs: evidence.inputs.map(at),
              parts: evidence.parts.map(at),
            };
          };
          if (how === 0) {
            const without = <T>(opened: readonly T[]) => opened.filter((found) => (found as unknown) !== list[which]);
            const gone = { ...evidence, inputs: without(evidence.inputs), parts: without(evidence.parts) };
            if (which > 0) expect(verdict(gone)).toThrow(unusable);
          } else if (how === 1) {
            expect(
              verdict(
                replaced((opened) => ({
                  ...opened,
                  bytes: opened.bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
                })),
              ),
            ).toThrow(unusable);
          } else if (how === 2) {
            expect(
              verdict(replaced((opened) => ({ ...opened, siblings: [...opened.siblings, new Uint8Array(32)] }))),
            ).toThrow(unusable);
          } else if (how === 3) {
            expect(verdict(replaced((opened) => ({ ...opened, bytes: new Uint8Array(0) })))).toThrow(unusable);
          } else if (how === 4) {
            expect(verdict(replaced((opened) => ({ ...opened, bytes: new Uint8Array(5000) })))).toThrow(unusable);
          } else if (how === 5) {
            expect(() =>
              verifyLeafElement(scene!.court, { root: other!.honest.root, tokens: scene!.tokens }, evidence),
            ).toThrow(unusable);
          } else if (how === 6) {
            const fewer = scene!.tokens.slice(0, 18);
            expect(() =>
              verifyLeafElement(scene!.court, { root: scene!.honest.root, tokens: fewer }, evidence),
            ).toThrow();
          } else {
            expect(verdict({ ...evidence, element: elements })).toThrow(
              expect.objectContaining({ code: "trace_malformed" }),
            );
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("is judged by the tokens that are claimed", async () => {
    const { court, tokens, honest, committed } = SCENES[0]!;
    const place = { op: 0, position: 3, part: 0 };
    const other = tokens.map((token, i) => (i === 3 ? (token + 1) % 11 : token));
    const claim = { root: honest.root, tokens: other };
    const evidence = await openElement({ keccak, program: committed, tokens: other, leaves: honest }, place, 1);
    expect(verifyLeafElement(court, claim, evidence)).toMatchObject({ verdict: "value", place });
    const stale = await openElement({ keccak, program: committed, tokens, leaves: honest }, place, 1);
    expect(() => verifyLeafElement(court, claim, stale)).toThrow(/row \d+ of plane "embedding" is not opened/);
  });
});
