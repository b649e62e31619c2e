import { fileURLToPath } from "node:url";
import { type AttributionProofKind, attributionCall, attributionProof, loadKeccak } from "@openledger/sdk";
import { commitProgram } from "../../exact/document/commitProgram.js";
import { LeafList } from "../../exact/testing/LeafList.js";
import { randomSource } from "../../exact/testing/random.js";
import { tinyProgram } from "../../exact/testing/tinyProgram.js";
import { LeafIndex } from "../../exact/trace/LeafIndex.js";
import { type LeafPlace, partCount, partOf } from "../../exact/trace/layout.js";
import { openElement } from "../../exact/trace/openElement.js";
import { inputsOf } from "../../exact/trace/steps.js";
import { verifyLeafElement } from "../../exact/trace/verifyLeafElement.js";
import { attributionOutlines } from "../attributionOutline.js";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { withIndexes } from "../withIndexes.js";
import { indexOf } from "./referenceCredits.js";

/** From engine/dist/attribute/testing. */
export const PROOFS_FILE = fileURLToPath(new URL("../../../../test/vectors/attribution-proofs.json", import.meta.url));

/** A call of `AttributionVerifier`, and what the engine says of the element that it is about. */
interface ProofVector {
  readonly name: string;
  readonly call: string;
  readonly verdict: "holds" | "value" | "length" | "bound";
}

interface Setting {
  readonly vocabulary: number;
  readonly tokens: readonly number[];
  /** Of each index. */
  readonly sizes: readonly { readonly records: number; readonly positions: number }[];
  readonly positions: readonly number[];
}

const SETTINGS: readonly Setting[] = [
  // a chain of three links; a row of two parts; records in two parts; where no token follows
  {
    vocabulary: 11,
    tokens: [3, 5, 3, 3],
    sizes: [
      { records: 2, positions: 70 },
      { records: 260, positions: 1 },
      { records: 3, positions: 2 },
    ],
    positions: [1, 3],
  },
  // surprises behind partial maxima, denominators behind sums, thresholds in two parts
  { vocabulary: 1600, tokens: [3, 1599, 1599], sizes: [{ records: 1540, positions: 1 }], positions: [0] },
];

const keccak = await loadKeccak();

/** Proofs of honest elements and of planted ones, with the verdict that the engine gives of the same evidence. */
export async function proofVectors(): Promise<{ readonly vectors: readonly ProofVector[] }> {
  const vectors: ProofVector[] = [];
  for (const setting of SETTINGS) vectors.push(...(await new Scene(setting).vectors()));
  return { vectors };
}

class Scene {
  private readonly committed;
  private readonly outlines;
  private readonly honest: LeafList;
  private readonly index: LeafIndex;

  constructor(private readonly setting: Setting) {
    const { vocabulary, tokens, sizes } = setting;
    const base = tinyProgram({ attribution: "base", vocabulary });
    const trace = LeafList.honest(keccak, commitProgram(keccak, base), tokens);
    const codes = tokens.map((_, position) => trace.bytes({ op: base.codes!, position, part: 0 }));
    const indexes = sizes.map(({ records, positions }, i) =>
      indexOf(
        Array.from({ length: records }, (_, record) => rowOf(tokens, codes, positions, 1000 * i + record)),
        (token) => token % 3,
      ),
    );
    this.committed = commitProgram(keccak, withIndexes(base, indexes));
    this.outlines = attributionOutlines(this.committed);
    this.honest = LeafList.honest(keccak, this.committed, tokens);
    this.index = new LeafIndex(this.committed.program, tokens.length);
  }

  async vectors(): Promise<ProofVector[]> {
    const vectors: ProofVector[] = [];
    for (const outline of this.outlines.keys()) {
      for (const position of this.setting.positions) {
        for (const [kind, op] of this.kinds(outline)) {
          for (const part of new Set([0, partCount(this.committed.program, op, position) - 1])) {
            vectors.push(...(await this.about(outline, kind, { op, position, part })));
          }
        }
      }
    }
    return vectors;
  }

  private kinds(outline: number): [AttributionProofKind, number][] {
    const { similarity, continuity, plain, carried, surprises, credited } = this.outlines[outline]!;
    return [
      ["similarity", similarity],
      ["denominator", plain.own],
      ["credit", plain.credit],
      ["continuity", continuity],
      ["denominator", carried.own],
      ["credit", carried.credit],
      ["window", surprises.eight],
      ["window", surprises.sixtyFour],
      ["window", credited.eight],
      ["window", credited.sixtyFour],
    ];
  }

  /** The last element of a leaf: as it is, off by one, with an input that is too long, and, of a credit or a continuity, with a negative sum. */
  private async about(outline: number, kind: AttributionProofKind, place: LeafPlace): Promise<ProofVector[]> {
    const { program } = this.committed;
    const { from, to } = partOf(program, place);
    const element = to - from - 1;
    const tell = (what: string, leaves: LeafList) => this.tell(outline, kind, { place, element, what }, leaves);
    const leaves = inputsOf(program, place, element).filter((input) => input.kind === "leaf");
    const found = [
      await tell("honest", this.honest),
      await tell(
        "off by one",
        this.honest.with(place, (bytes) => addTo(bytes, element, 1)),
      ),
      await tell(
        "an input too long",
        this.honest.with(leaves.at(-1)!, (bytes) => Uint8Array.of(...bytes, 0)),
      ),
    ];
    if (kind === "credit" || kind === "continuity") {
      found.push(
        await tell(
          "a negative sum",
          this.honest.with(leaves[0]!, (bytes) => addTo(bytes, element, -(2 ** 30))),
        ),
      );
    }
    return found;
  }

  private async tell(
    outline: number,
    kind: AttributionProofKind,
    { place, element, what }: { readonly place: LeafPlace; readonly element: number; readonly what: string },
    leaves: LeafList,
  ): Promise<ProofVector> {
    const { tokens } = this.setting;
    const { root } = leaves;
    const evidence = await openElement({ keccak, program: this.committed, tokens, leaves }, place, element);
    const { verdict } = verifyLeafElement(this.committed, { root, tokens }, evidence);
    const call = attributionCall({
      kind,
      trace: { root, id: this.committed.id, count: BigInt(this.index.count) },
      outline: this.outlines[outline]!,
      following: tokens[place.position + 1],
      proof: attributionProof(evidence, (leaf) => this.index.indexOf(leaf)),
    });
    const name = `${kind} ${place.op} of index ${outline} of ${this.outlines.length}, position ${place.position}, part ${place.part}: ${what}`;
    return { name, call, verdict };
  }
}

/** A record whose tokens are the sequence's, with codes that are near to those before them. */
function rowOf(
  tokens: readonly number[],
  codes: readonly Uint8Array[],
  positions: number,
  seed: number,
): PositionCodes {
  const random = randomSource(seed + 1);
  const draws = Array.from({ length: positions }, () => 1 + Math.floor(random() * (tokens.length - 1)));
  return {
    ids: Uint32Array.from(draws, (at) => tokens[at]!),
    surprises: Uint8Array.from(draws, () => Math.floor(128 * random())),
    codes: Uint8Array.from(
      draws.flatMap((at) =>
        Array.from(codes[at - 1]!.subarray(0, CODE_BYTES), (byte) => (random() < 0.3 ? byte ^ 9 : byte)),
      ),
    ),
  };
}

function addTo(bytes: Uint8Array, element: number, value: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setInt32(4 * element, view.getInt32(4 * element, true) + value, true);
  return bytes;
}

/** One line a vector. */
export function proofsText({ vectors }: { readonly vectors: readonly ProofVector[] }): string {
  return `{"vectors":[\n${vectors.map((vector) => JSON.stringify(vector)).join(",\n")}\n]}\n`;
}
