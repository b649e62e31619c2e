import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import { domainHash } from "../merkle/domain.js";
import { MerkleTree } from "../merkle/MerkleTree.js";
import { leafHash } from "../merkle/node.js";
import type { MatchBoundary } from "./boundary.js";
import { MAX_MATCH_PIECE_BYTES, MAX_MATCH_TEXT_BYTES } from "./bounds.js";
import { CommittedMatchIndex, type MatchOpening } from "./CommittedMatchIndex.js";
import { MATCH_DOMAINS, type MatchColumn, matchIndexRoot } from "./matchIndexRoot.js";
import { type MatchAbsenceProof, verifyMatchAbsence } from "./verifyMatchAbsence.js";
import { type MatchArrayFaultProof, verifyMatchArrayFault } from "./verifyMatchArrayFault.js";
import { type MatchCountProof, verifyMatchCount } from "./verifyMatchCount.js";
import { type MatchMaximalityProof, verifyMatchMaximality } from "./verifyMatchMaximality.js";
import { verifyMatchPosition } from "./verifyMatchPosition.js";
import { type MatchRecordFaultProof, verifyMatchRecordFault } from "./verifyMatchRecordFault.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

type Arrays = Record<Exclude<MatchColumn, "text">, number[]> & { text: Uint8Array };

/** The columns by their definition: every suffix compared with every other. */
function arraysOf(records: readonly string[]): Arrays {
  const text = Uint8Array.from(records.flatMap((record) => [...utf8(record), 0xff]));
  const suffix = (at: number): Uint8Array => text.subarray(at);
  const order = [...text.keys()].sort((a, b) => Buffer.compare(suffix(a), suffix(b)));
  const starts = records.map((_, i) => records.slice(0, i).reduce((sum, record) => sum + utf8(record).length + 1, 0));
  return { text, order, ranks: [...text.keys()].map((at) => order.indexOf(at)), starts };
}

/** Commits whatever columns it is given, in `MerkleTree`s. */
function committed(arrays: Arrays) {
  const bytesOf = (name: MatchColumn): Uint8Array => {
    if (name === "text") return arrays.text;
    const bytes = Buffer.alloc(4 * arrays[name].length);
    for (const [i, value] of arrays[name].entries()) bytes.writeUInt32BE(value, 4 * i);
    return Uint8Array.from(bytes);
  };
  const trees = Object.fromEntries(
    (["text", "order", "ranks", "starts"] as const).map((name) => {
      const [domain, bytes] = [domainHash(MATCH_DOMAINS[name]), bytesOf(name)];
      const blocks = Array.from({ length: Math.ceil(bytes.length / 256) }, (_, i) =>
        bytes.subarray(256 * i, 256 * (i + 1)),
      );
      return [
        name,
        new MerkleTree(
          domain,
          blocks.map((block) => leafHash(domain, block)),
        ),
      ];
    }),
  ) as unknown as Record<MatchColumn, MerkleTree>;
  const parts = {
    textBytes: arrays.text.length,
    recordCount: arrays.starts.length,
    firstRecord: 7,
    textRoot: trees.text.root,
    orderRoot: trees.order.root,
    ranksRoot: trees.ranks.root,
    startsRoot: trees.starts.root,
  };
  const root = matchIndexRoot(parts);
  const open = (name: MatchColumn, from: number, to: number): MatchOpening => {
    const width = name === "text" ? 1 : 4;
    const [first, end] = [Math.floor((width * from) / 256), Math.ceil((width * to) / 256)];
    const { siblings } = trees[name].rangeProof(first, end - first);
    return { bytes: bytesOf(name).slice(256 * first, 256 * end), siblings };
  };
  return { arrays, parts, root, index: CommittedMatchIndex.open(root, parts), open };
}

type Committed = ReturnType<typeof committed>;

function boundary({ arrays: { text, order }, open }: Committed, rank: number, length: number): MatchBoundary {
  const textAt = (at: number): MatchOpening | undefined =>
    order[at] === undefined ? undefined : open("text", order[at], Math.min(text.length, order[at] + length));
  return {
    order: open("order", Math.max(0, rank - 1), Math.min(text.length, rank + 1)),
    below: textAt(rank - 1),
    above: textAt(rank),
  };
}

/** Rank at which a piece stands or would. */
function rankOf({ arrays: { text, order } }: Committed, piece: Uint8Array): number {
  return order.filter((at) => Buffer.compare(text.subarray(at), piece) < 0).length;
}

function countProof(shard: Committed, piece: Uint8Array, count: number, first = rankOf(shard, piece)): MatchCountProof {
  return {
    first,
    low: boundary(shard, first, piece.length),
    high: boundary(shard, first + count, piece.length),
  };
}

function absenceProof(shard: Committed, piece: Uint8Array, rank = rankOf(shard, piece)): MatchAbsenceProof {
  return { rank, between: boundary(shard, rank, piece.length) };
}

function arrayFault(
  { arrays, open }: Committed,
  kind: MatchArrayFaultProof["kind"],
  rank: number,
): MatchArrayFaultProof {
  const { order, text } = arrays;
  const suffix = order[rank]!;
  const head = (at: number) => ({
    text: open("text", at, at + 1),
    rest: at + 1 === text.length ? undefined : open("ranks", at + 1, at + 2),
  });
  if (kind === "beyond_text") return { kind, rank, order: open("order", rank, rank + 1) };
  if (kind === "not_inverse") {
    return { kind, rank, order: open("order", rank, rank + 1), ranks: open("ranks", suffix, suffix + 1) };
  }
  const above = order[rank + 1]!;
  return { kind, rank, order: open("order", rank, rank + 2), below: head(suffix), above: head(above) };
}

/** What is found and what refuses it. */
function refusal(verify: () => void): { check: string; claimed: string; found: string } {
  try {
    verify();
  } catch (error) {
    expect(error).toBeInstanceOf(MatchProofRefusedError);
    const { check, claimed, found } = error as MatchProofRefusedError;
    return { check, claimed, found };
  }
  throw new Error("the proof was accepted");
}

const flipped = (opening: MatchOpening, at = 0): MatchOpening => ({
  ...opening,
  bytes: opening.bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)),
});

// Several blocks of each column, so that openings have siblings and stretches cross blocks.
const filler = Array.from({ length: 90 }, (_, i) => `record ${i * i} of some length`);
const records = ["the cat sat on the mat", "", "été à la mer", ...filler];
const shard = committed(arraysOf(records));
const { index, open } = shard;
const n = index.textBytes;
// Another text under the same header: as many bytes and records.
const other = committed(arraysOf(records.with(0, "the dog sat on the mat")));

describe("CommittedMatchIndex", () => {
  const { root, parts } = shard;

  it("opens the parts of a root, and no others", () => {
    expect(CommittedMatchIndex.open(root.toUpperCase().replace("0X", "0x") as Hex, parts).root).toBe(root);
    for (const name of ["textBytes", "recordCount", "firstRecord"] as const) {
      const changed = { ...parts, [name]: parts[name] + 1 };
      expect(refusal(() => CommittedMatchIndex.open(root, changed)).found).toBe(`root ${matchIndexRoot(changed)}`);
    }
    for (const name of ["textRoot", "orderRoot", "ranksRoot", "startsRoot"] as const) {
      const changed = { ...parts, [name]: domainHash("Record") };
      expect(refusal(() => CommittedMatchIndex.open(root, changed)).check).toBe("index");
    }
  });

  it.each([
    ["a text beyond the limit", { textBytes: MAX_MATCH_TEXT_BYTES + 1 }, "textBytes from 0 to 67108864"],
    ["half a byte", { textBytes: 0.5 }, "textBytes from 0 to 67108864"],
    ["text outside of records", { recordCount: 0 }, `recordCount from 1 to ${n}`],
    ["records without an end", { textBytes: 5, recordCount: 6 }, "recordCount from 1 to 5"],
    ["records without text", { textBytes: 0, recordCount: 1 }, "recordCount from 0 to 0"],
    ["a place before the first", { firstRecord: -1 }, "firstRecord from 0 to 4294967295"],
    ["a short root", { orderRoot: "0x12" }, "a orderRoot of 32 bytes"],
    ["digits that are none", { textRoot: `0x${"zz".repeat(32)}` }, "a textRoot of 32 bytes"],
    ["a root that is a number", { startsRoot: 3 }, "a startsRoot of 32 bytes"],
  ])("refuses %s", (_, part, claimed) => {
    const changed = { ...parts, ...part } as typeof parts;
    expect(refusal(() => CommittedMatchIndex.open(root, changed))).toMatchObject({ check: "index", claimed });
  });

  it("refuses no parts, and no root", () => {
    expect(refusal(() => CommittedMatchIndex.open(root, null as never)).claimed).toBe("an object");
    expect(refusal(() => CommittedMatchIndex.open("root" as Hex, parts)).claimed).toBe("a root of 32 bytes");
  });

  it("reads a stretch of each column", () => {
    expect(index.text(250, 600, open("text", 250, 600))).toEqual(shard.arrays.text.subarray(250, 600));
    for (const name of ["order", "ranks"] as const) {
      expect(index.numbers(name, 60, 70, open(name, 60, 70))).toEqual(shard.arrays[name].slice(60, 70));
    }
    expect(index.numbers("starts", 92, 93, open("starts", 92, 93))).toEqual([shard.arrays.starts[92]]);
  });

  const honest = open("text", 250, 600);
  it.each<[string, unknown, RegExp]>([
    ["a byte changed", flipped(honest, 17), /blocks 0 to 3 under/],
    ["a sibling changed", { ...honest, siblings: honest.siblings.with(0, domainHash("Record")) }, /blocks 0 to 3/],
    ["a sibling less", { ...honest, siblings: honest.siblings.slice(1) }, /blocks 0 to 3/],
    ["a sibling more", { ...honest, siblings: [...honest.siblings, honest.siblings[0]] }, /blocks 0 to 3/],
    ["other blocks", open("text", 768, 1500), /blocks 0 to 3/],
    ["blocks of another column", open("order", 62, 150), /blocks 0 to 3/],
    ["blocks of another index", other.open("text", 250, 600), /blocks 0 to 3/],
    ["a byte less", { ...honest, bytes: honest.bytes.slice(1) }, /768 bytes of blocks/],
    ["a block more", open("text", 250, 800), /768 bytes of blocks/],
    ["text for bytes", { ...honest, bytes: "a".repeat(768) }, /768 bytes of blocks/],
    ["nothing", undefined, /an object/],
    ["siblings beyond number", { ...honest, siblings: new Array(99).fill(domainHash("Record")) }, /at most 8 siblings/],
    ["holes", { ...honest, siblings: new Array(3) }, /at most 8 siblings/],
    ["siblings that are no hashes", { ...honest, siblings: honest.siblings.map(() => "0x") }, /at most 8 siblings/],
    ["no siblings", { bytes: honest.bytes }, /at most 8 siblings/],
  ])("refuses an opening with %s", (_, opening, claimed) => {
    const found = refusal(() => index.text(250, 600, opening as MatchOpening));
    expect(found.check).toBe("opening");
    expect(found.claimed).toMatch(claimed);
  });

  it("refuses to read outside of a column, and between its places", () => {
    for (const [from, to] of [
      [-1, 3],
      [3, 3],
      [n - 1, n + 1],
      [0.25, 2],
      [0, 2.5],
    ] as const) {
      const refused = { check: "opening", found: `${n} places in all` };
      expect(refusal(() => index.text(from, to, honest))).toMatchObject(refused);
      expect(refusal(() => index.numbers("order", from, to, honest))).toMatchObject(refused);
    }
    const count = records.length;
    const beyond = () => index.numbers("starts", count - 1, count + 1, open("starts", count - 1, count));
    expect(refusal(beyond).found).toBe(`${count} places in all`);
  });
});

describe("verifyMatchPosition", () => {
  const piece = utf8("cat sat");
  const proof = { starts: open("starts", 0, 2), text: open("text", 4, 11) };
  const claim = { piece, record: 7, offset: 4 };

  it("shows where a piece stands, in the last record too", () => {
    verifyMatchPosition(index, claim, proof);
    const last = shard.arrays.starts.length - 1;
    const start = shard.arrays.starts[last]!;
    const ends = utf8(records[last]!);
    const openings = { starts: open("starts", last, last + 1), text: open("text", start, start + ends.length) };
    verifyMatchPosition(index, { piece: ends, record: 7 + last, offset: 0 }, openings);
    const found = refusal(() => verifyMatchPosition(index, { piece: ends, record: 7 + last, offset: 1 }, openings));
    expect(found.found).toBe(`a record of ${ends.length} bytes`);
  });

  it.each([
    ["another piece", { piece: utf8("cat set") }, "position", "97"],
    ["another place in the record", { offset: 5 }, "position", "97"],
    ["more than the record", { offset: 16 }, "position", "a record of 22 bytes"],
    ["the record before the first", { record: 6 }, "claim", "6"],
    ["the record behind the last", { record: 7 + records.length }, "claim", `${7 + records.length}`],
    ["half an offset", { offset: 0.5 }, "claim", "0.5"],
    ["an offset before the record", { offset: -1 }, "claim", "-1"],
    ["no bytes", { piece: new Uint8Array(0) }, "claim", "0"],
    ["a record's end", { piece: Uint8Array.of(116, 0xff) }, "claim", "byte 1 is 0xff"],
    ["too long a piece", { piece: new Uint8Array(MAX_MATCH_PIECE_BYTES + 1) }, "claim", "65537"],
    ["letters for bytes", { piece: "cat sat" }, "claim", "string"],
  ])("refuses %s", (_, part, check, found) => {
    const changed = { ...claim, ...part } as typeof claim;
    expect(refusal(() => verifyMatchPosition(index, changed, proof))).toMatchObject({ check, found });
  });

  it("refuses another record, another index, and openings that do not hold", () => {
    // The second record is empty: its bounds alone refuse.
    expect(refusal(() => verifyMatchPosition(index, { ...claim, record: 8 }, proof)).found).toBe("a record of 0 bytes");
    expect(refusal(() => verifyMatchPosition(other.index, claim, proof)).check).toBe("opening");
    expect(refusal(() => verifyMatchPosition(index, claim, { ...proof, text: flipped(proof.text) })).check).toBe(
      "opening",
    );
    expect(refusal(() => verifyMatchPosition(index, claim, { ...proof, starts: flipped(proof.starts) })).check).toBe(
      "opening",
    );
    expect(refusal(() => verifyMatchPosition(index, claim, undefined as never)).check).toBe("position");
    expect(refusal(() => verifyMatchPosition(index, undefined as never, proof)).check).toBe("claim");
  });
});

describe("verifyMatchCount", () => {
  const piece = utf8("the");
  const first = rankOf(shard, piece);
  const verify = (count: number, proof: MatchCountProof, of = piece) =>
    verifyMatchCount(index, { piece: of, count }, proof);

  it("shows how often a piece stands, at the ends of the order too", () => {
    const [least, most] = [utf8(" "), utf8("é")];
    const spaces = records.join("").split(" ").length - 1;

    verify(2, countProof(shard, piece, 2));
    verify(spaces, countProof(shard, least, spaces), least);
    expect(rankOf(shard, least)).toBe(0);
    verify(2, countProof(shard, most, 2), most);
    const alone = committed(arraysOf(["aa"]));
    verifyMatchCount(alone.index, { piece: utf8("a"), count: 2 }, countProof(alone, utf8("a"), 2));
  });

  it("refuses fewer, more, and others", () => {
    const begun = (rank: number, at: string) => `rank ${rank} to be ${at} the piece`;
    const found = (count: number, from: number) => refusal(() => verify(count, countProof(shard, piece, count, from)));

    expect(found(1, first)).toMatchObject({ check: "count", found: "begun with" });
    expect(found(1, first).claimed).toContain(begun(first + 1, "greater than"));
    expect(found(1, first + 1).claimed).toContain(begun(first, "less than"));
    expect(found(3, first).claimed).toContain(begun(first + 2, "begun with"));
    expect(found(3, first - 1).claimed).toContain(begun(first - 1, "begun with"));
  });

  it("refuses what lies outside of the order", () => {
    const proof = countProof(shard, piece, 2);
    expect(refusal(() => verify(0, proof))).toMatchObject({ check: "claim", claimed: `a count from 1 to ${n}` });
    expect(refusal(() => verify(n + 1, proof)).check).toBe("claim");
    expect(refusal(() => verify(2.5, proof)).check).toBe("claim");
    expect(refusal(() => verify(2, { ...proof, first: -1 })).claimed).toBe(`a first rank from 0 to ${n - 2}`);
    expect(refusal(() => verify(2, { ...proof, first: n - 1 })).check).toBe("count");
    expect(refusal(() => verify(2, proof, new Uint8Array(0))).check).toBe("claim");
  });

  it("refuses openings of elsewhere", () => {
    const proof = countProof(shard, piece, 2);
    for (const side of ["low", "high"] as const) {
      for (const part of ["order", "below", "above"] as const) {
        const broken = { ...proof, [side]: { ...proof[side], [part]: flipped(proof[side][part]!) } };
        expect(refusal(() => verify(2, broken)).check).toBe("opening");
        const missing = { ...proof, [side]: { ...proof[side], [part]: undefined } };
        expect(refusal(() => verify(2, missing)).claimed).toBe("an object");
      }
      expect(refusal(() => verify(2, { ...proof, [side]: null })).check).toBe("opening");
    }
    expect(refusal(() => verifyMatchCount(other.index, { piece, count: 2 }, proof)).check).toBe("opening");
    expect(refusal(() => verify(2, null as never)).check).toBe("count");
  });

  it("refuses an order that leads out of the text", () => {
    const { arrays } = shard;
    const wrong = committed({ ...arrays, order: arrays.order.with(first, n) });
    const proof = {
      ...countProof(shard, piece, 2),
      low: { ...boundary(shard, first, 3), order: wrong.open("order", first - 1, first + 1) },
    };
    expect(refusal(() => verifyMatchCount(wrong.index, { piece, count: 2 }, proof))).toMatchObject({
      check: "opening",
      claimed: `a suffix of ${n} bytes of text at rank ${first}`,
    });
  });
});

describe("verifyMatchAbsence", () => {
  const verify = (piece: Uint8Array, proof: MatchAbsenceProof, of = index) => verifyMatchAbsence(of, { piece }, proof);

  it("shows that a piece does not stand, before and behind all others too", () => {
    for (const text of ["dog", "\u0001", "\u{1f600}", "the cats", "them"]) {
      verify(utf8(text), absenceProof(shard, utf8(text)));
    }
    expect(rankOf(shard, utf8("\u0001"))).toBe(0);
    // The end of a text is less than whatever goes on, though no record ends there.
    const open = committed({ text: utf8("a"), order: [0], ranks: [0], starts: [0] });
    verifyMatchAbsence(open.index, { piece: utf8("ab") }, absenceProof(open, utf8("ab")));
    const nothing = committed(arraysOf([]));
    verifyMatchAbsence(nothing.index, { piece: utf8("a") }, { rank: 0, between: {} });
  });

  it("refuses what stands, and neighbours of others", () => {
    const the = utf8("the");
    const first = rankOf(shard, the);
    for (const [rank, found] of [
      [first, "a suffix that begins with it"],
      [first + 1, "a suffix that begins with it"],
      [first + 3, "a suffix that is greater"],
      [first - 1, "a suffix that is less"],
      [0, "a suffix that is less"],
    ] as const) {
      expect(refusal(() => verify(the, absenceProof(shard, the, rank)))).toMatchObject({ check: "absence", found });
    }
    const dog = utf8("dog");
    expect(refusal(() => verify(utf8("cat"), absenceProof(shard, dog))).check).toBe("absence");
    expect(refusal(() => verify(dog, { ...absenceProof(shard, dog), rank: n + 1 })).check).toBe("absence");
    expect(refusal(() => verify(dog, { ...absenceProof(shard, dog), rank: 1 })).check).toBe("opening");
    expect(refusal(() => verify(dog, absenceProof(shard, dog), other.index)).check).toBe("opening");
    expect(refusal(() => verify(dog, undefined as never)).check).toBe("absence");
    expect(refusal(() => verify(new Uint8Array(0), absenceProof(shard, dog))).check).toBe("claim");
  });

  it("refuses openings of elsewhere", () => {
    const dog = utf8("dog");
    const proof = absenceProof(shard, dog);
    for (const part of ["order", "below", "above"] as const) {
      const broken = { ...proof, between: { ...proof.between, [part]: flipped(proof.between[part]!) } };
      expect(refusal(() => verify(dog, broken)).check).toBe("opening");
    }
  });
});

describe("verifyMatchMaximality", () => {
  const answer = utf8("a cat sat on été à l'eau");
  const [from, to] = [2, 13];
  const proofOf = (first: number, end: number, left: number, right: number): MatchMaximalityProof => ({
    occurs: countProof(shard, answer.subarray(first, end), 1),
    left: first === 0 ? undefined : absenceProof(shard, answer.subarray(left, end)),
    right: end === answer.length ? undefined : absenceProof(shard, answer.subarray(first, right)),
  });
  const claim = { answer, from: 1, to, count: 1 };
  const proof = proofOf(1, to, 0, to + 2);

  it("shows that a part cannot be extended by whole characters, nor beyond the answer", () => {
    verifyMatchMaximality(index, claim, proof);
    const whole = utf8("la mer");
    const occurs = countProof(shard, whole, 1);
    verifyMatchMaximality(index, { answer: whole, from: 0, to: whole.length, count: 1 }, { occurs });
  });

  it("refuses what can be extended", () => {
    // " cat sat on " stands there
    const narrow = { answer, from, to, count: 1 };
    expect(refusal(() => verifyMatchMaximality(index, narrow, proofOf(from, to, 1, to + 2))).check).toBe("absence");
    const cut = { answer, from: 1, to: to - 1, count: 1 };
    expect(refusal(() => verifyMatchMaximality(index, cut, proofOf(1, to - 1, 0, to))).check).toBe("absence");
    expect(refusal(() => verifyMatchMaximality(index, narrow, proof)).check).toBe("count");
  });

  it("refuses proofs that are missing or of another part", () => {
    for (const side of ["left", "right"] as const) {
      expect(refusal(() => verifyMatchMaximality(index, claim, { ...proof, [side]: undefined }))).toMatchObject({
        check: "maximality",
        claimed: `no extension to the ${side}`,
      });
    }
    const swapped = { ...proof, left: proof.right, right: proof.left };
    expect(refusal(() => verifyMatchMaximality(index, claim, swapped)).check).toBe("absence");
    const twice = { ...proof, occurs: countProof(shard, answer.subarray(1, to), 2) };
    expect(refusal(() => verifyMatchMaximality(index, { ...claim, count: 2 }, twice)).check).toBe("count");
    expect(refusal(() => verifyMatchMaximality(other.index, claim, proof)).check).toBe("opening");
    expect(refusal(() => verifyMatchMaximality(index, claim, null as never)).check).toBe("maximality");
  });

  it.each([
    ["a part of nothing", { to: 1 }, "a part's beginning from 0 to 0"],
    ["a part beyond the answer", { to: answer.length + 1 }, `a part's end from 1 to ${answer.length}`],
    ["half a place", { from: 0.5 }, "a part's beginning from 0 to 12"],
    ["an end in a character", { to: to + 1 }, "a character to begin at byte 14 of the answer"],
    ["a beginning in a character", { from: 14, to: 16 }, "a character to begin at byte 14 of the answer"],
    ["letters for bytes", { answer: "a cat" }, "an answer of bytes"],
    ["no character to the left", { answer: Uint8Array.of(0x80, 0x80, 97), from: 2, to: 3 }, "an answer of UTF-8"],
    [
      "no character to the right",
      { answer: Uint8Array.of(97, 0xf0, 0x80, 0x80, 0x80, 0x80), from: 0, to: 1 },
      "an answer of UTF-8",
    ],
    [
      "too long a character to the left",
      { answer: Uint8Array.of(0xf0, 0x80, 0x80, 0x80, 0x80, 97), from: 5, to: 6 },
      "an answer of UTF-8",
    ],
  ])("refuses %s", (_, part, claimed) => {
    const changed = { ...claim, ...part } as typeof claim;
    expect(refusal(() => verifyMatchMaximality(index, changed, proof))).toMatchObject({ check: "claim", claimed });
  });
});

describe("verifyMatchArrayFault", () => {
  const { arrays } = shard;
  const verify = ({ index: of }: Committed, proof: MatchArrayFaultProof) => verifyMatchArrayFault(of, proof);

  it("shows an entry beyond the text", () => {
    const wrong = committed({ ...arrays, order: arrays.order.with(70, n) });
    verify(wrong, arrayFault(wrong, "beyond_text", 70));
    expect(refusal(() => verify(wrong, arrayFault(wrong, "beyond_text", 71))).claimed).toBe(
      `order[71] to be ${n} or more`,
    );
    // nothing stands there that could be opened
    const inverse: MatchArrayFaultProof = {
      ...arrayFault(wrong, "beyond_text", 70),
      kind: "not_inverse",
      ranks: wrong.open("ranks", 0, 1),
    };
    expect(refusal(() => verify(wrong, inverse)).claimed).toBe(`order[70] to be less than ${n}`);
  });

  it("shows a rank that does not lead back", () => {
    const wrong = committed({ ...arrays, ranks: arrays.ranks.with(arrays.order[70]!, 71) });
    verify(wrong, arrayFault(wrong, "not_inverse", 70));
    const found = refusal(() => verify(wrong, arrayFault(wrong, "not_inverse", 71)));
    expect(found).toMatchObject({ claimed: `ranks[${arrays.order[71]}] not to be 71`, found: "71" });
  });

  it("shows neighbours that do not ascend, by their bytes or by what follows them", () => {
    const equal = arrays.order.findIndex((at, rank) => arrays.text[at] === arrays.text[arrays.order[rank + 1]!]);
    const unequal = arrays.order.findIndex((at, rank) => arrays.text[at]! < arrays.text[arrays.order[rank + 1]!]!);
    for (const rank of [equal, unequal]) {
      const order = arrays.order.with(rank, arrays.order[rank + 1]!).with(rank + 1, arrays.order[rank]!);
      const wrong = committed({ ...arrays, order, ranks: [...arrays.text.keys()].map((at) => order.indexOf(at)) });
      verify(wrong, arrayFault(wrong, "not_ascending", rank));
    }
  });

  it("shows the end of the text that is not less than a suffix", () => {
    // suffixes "\xff" and "\xff\xff": the text ends behind the one
    const right = arraysOf(["", ""]);
    expect(right.order).toEqual([1, 0]);
    expect(refusal(() => verify(committed(right), arrayFault(committed(right), "not_ascending", 0))).check).toBe(
      "array_fault",
    );
    const wrong = committed({ ...right, order: [0, 1], ranks: [0, 1] });
    verify(wrong, arrayFault(wrong, "not_ascending", 0));
  });

  it("shows neighbours that begin with the same byte and are followed by the same rank", () => {
    const right = arraysOf(["aa"]);
    expect(right.order).toEqual([0, 1, 2]);
    const wrong = committed({ ...right, ranks: [0, 2, 2] });
    verify(wrong, arrayFault(wrong, "not_ascending", 0));
  });

  it("shows none in what sorting gives, at any rank", () => {
    const small = committed(arraysOf(["banana", "", "été", "bananas of the band"]));
    const suffixes = small.arrays.order.length;
    for (let rank = 0; rank < suffixes; rank++) {
      for (const kind of ["beyond_text", "not_inverse", "not_ascending"] as const) {
        if (kind === "not_ascending" && rank === suffixes - 1) continue;
        expect(refusal(() => verify(small, arrayFault(small, kind, rank))).check).toBe("array_fault");
      }
    }
  });

  it("refuses ranks outside, other kinds, and openings that do not hold", () => {
    const order = arrays.order.with(70, arrays.order[71]!).with(71, arrays.order[70]!);
    const wrong = committed({ ...arrays, order, ranks: [...arrays.text.keys()].map((at) => order.indexOf(at)) });
    const proof = arrayFault(wrong, "not_ascending", 70) as MatchArrayFaultProof & { kind: "not_ascending" };
    verify(wrong, proof);

    expect(refusal(() => verify(wrong, { ...proof, rank: n - 1 })).claimed).toBe(
      `a rank before another from 0 to ${n - 2}`,
    );
    expect(refusal(() => verify(wrong, { ...proof, rank: -1 })).claimed).toBe(`a rank from 0 to ${n - 1}`);
    expect(refusal(() => verify(wrong, { ...proof, rank: 0.5 })).check).toBe("array_fault");
    expect(refusal(() => verify(wrong, { ...proof, kind: "wrong" } as never)).found).toBe("wrong");
    expect(refusal(() => verify(wrong, null as never)).check).toBe("array_fault");
    expect(refusal(() => verify(shard, proof)).check).toBe("opening");
    expect(refusal(() => verify(wrong, { ...proof, order: flipped(proof.order) })).check).toBe("opening");
    for (const side of ["below", "above"] as const) {
      expect(refusal(() => verify(wrong, { ...proof, [side]: undefined })).check).toBe("array_fault");
      for (const part of ["text", "rest"] as const) {
        const broken = { ...proof, [side]: { ...proof[side], [part]: flipped(proof[side][part]!) } };
        expect(refusal(() => verify(wrong, broken)).check).toBe("opening");
        const missing = { ...proof, [side]: { ...proof[side], [part]: undefined } };
        expect(refusal(() => verify(wrong, missing)).claimed).toBe("an object");
      }
    }
    const nothing = committed(arraysOf([]));
    expect(refusal(() => verifyMatchArrayFault(nothing.index, proof)).check).toBe("array_fault");
  });
});

describe("verifyMatchRecordFault", () => {
  const { arrays } = shard;
  const last = arrays.starts.length - 1;
  const bounds = ({ open: of }: Committed, place: number): MatchRecordFaultProof => ({
    kind: "bounds",
    place,
    starts: of("starts", place, Math.min(last + 1, place + 2)),
  });
  const end = (of: Committed, place: number, byte: number): MatchRecordFaultProof => ({
    ...bounds(of, place),
    kind: "end",
    byte,
    text: of.open("text", byte, byte + 1),
  });
  const withStart = (place: number, start: number) =>
    committed({ ...arrays, starts: arrays.starts.with(place, start) });

  it("shows a first record that begins elsewhere, and records that end before they begin or behind the text", () => {
    for (const [wrong, place] of [
      [withStart(0, 1), 0],
      [withStart(5, arrays.starts[6]!), 5],
      [withStart(5, n + 1), 4],
      [withStart(last, n), last],
    ] as const) {
      verifyMatchRecordFault(wrong.index, bounds(wrong, place));
    }
  });

  it("shows a record without its end, and one with another's", () => {
    const early = withStart(5, arrays.starts[5]! - 1);
    const late = withStart(5, arrays.starts[5]! + 1);
    verifyMatchRecordFault(early.index, end(early, 4, arrays.starts[5]! - 2));
    verifyMatchRecordFault(early.index, end(early, 5, arrays.starts[5]! - 1));
    verifyMatchRecordFault(late.index, end(late, 4, arrays.starts[5]! - 1));
    verifyMatchRecordFault(late.index, end(late, 4, arrays.starts[5]!));
  });

  it("shows none in the text's own starts", () => {
    for (const [place, start] of arrays.starts.entries()) {
      expect(refusal(() => verifyMatchRecordFault(index, bounds(shard, place))).check).toBe("record_fault");
      const length = utf8(records[place]!).length;
      for (const byte of [start, start + (length >> 1), start + length]) {
        expect(refusal(() => verifyMatchRecordFault(index, end(shard, place, byte))).check).toBe("record_fault");
      }
    }
  });

  it("refuses places outside, other kinds, and openings that do not hold", () => {
    const wrong = withStart(5, arrays.starts[5]! + 1);
    const proof = end(wrong, 4, arrays.starts[5]!) as MatchRecordFaultProof & { kind: "end" };
    const verify = (changed: object) =>
      refusal(() => verifyMatchRecordFault(wrong.index, { ...proof, ...changed } as never));

    expect(verify({ place: last + 1 }).claimed).toBe(`a record from 0 to ${last}`);
    expect(verify({ place: -1 }).check).toBe("record_fault");
    expect(verify({ byte: arrays.starts[4]! - 1 }).claimed).toMatch(/^byte \d+ in record 4$/);
    expect(verify({ byte: arrays.starts[5]! + 1 }).claimed).toMatch(/^byte \d+ in record 4$/);
    expect(verify({ byte: arrays.starts[4]! + 0.5 }).check).toBe("record_fault");
    expect(verify({ kind: "wrong" }).found).toBe("wrong");
    expect(verify({ starts: flipped(proof.starts) }).check).toBe("opening");
    expect(verify({ text: flipped(proof.text) }).check).toBe("opening");
    expect(verify({ text: undefined }).check).toBe("opening");
    expect(refusal(() => verifyMatchRecordFault(index, proof)).check).toBe("opening");
    expect(refusal(() => verifyMatchRecordFault(wrong.index, null as never)).check).toBe("record_fault");
  });
});
