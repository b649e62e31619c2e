import { type Hex, isHex } from "viem";
import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";
import { treeDepth } from "../merkle/treeDepth.js";
import { verifyMerkleRange } from "../merkle/verifyMerkleRange.js";
import { MATCH_BLOCK_BYTES, MAX_MATCH_TEXT_BYTES } from "./bounds.js";
import { demandNumber, fieldsOf } from "./demand.js";
import { MATCH_DOMAINS, type MatchColumn, type MatchIndexParts, matchIndexRoot } from "./matchIndexRoot.js";

const UINT_BYTES = 4;

/**
 * A stretch of a column: the whole blocks that it touches, and the siblings beside them, from the leaves upwards. Which
 * blocks these are follows from what is asked for and is not told.
 *
 * Bytes: `256 · blocks + 32 · siblings`. One block of a column of c bytes has ceil(log2(ceil(c / 256))) siblings, and a run of
 * them at most twice as many.
 */
export type MatchOpening = {
  readonly bytes: Uint8Array;
  readonly siblings: readonly Hex[];
};

/**
 * An index of which only the root is trusted. What is read of it is read from openings; one that does not stand in the root
 * is refused. A root binds its holder to columns, not to right ones: proofs hold as far as `order`, `ranks` and `starts` are
 * what the text gives, which `verifyMatchArrayFault` and `verifyMatchRecordFault` refute. Of leaves that are no blocks of
 * their column nothing can be opened, so nothing can be proven.
 */
export class CommittedMatchIndex {
  readonly #parts: MatchIndexParts;

  private constructor(
    readonly root: Hex,
    parts: MatchIndexParts,
  ) {
    this.#parts = parts;
  }

  /**
   * @param root What is trusted, from a source that is no part of the proof
   * @param parts What is said to stand behind it, by anyone
   * @throws MatchProofRefusedError `index` when the parts are malformed or give another root
   */
  static open(root: Hex, parts: MatchIndexParts): CommittedMatchIndex {
    const { textBytes, recordCount, firstRecord } = fieldsOf(parts, "index");
    const { textRoot, orderRoot, ranksRoot, startsRoot } = parts;
    demandNumber("index", "textBytes", textBytes, 0, MAX_MATCH_TEXT_BYTES);
    // Each record has its end at least, and no text stands outside of records.
    demandNumber("index", "recordCount", recordCount, textBytes === 0 ? 0 : 1, textBytes);
    demandNumber("index", "firstRecord", firstRecord, 0, 2 ** 32 - 1);
    for (const [name, value] of Object.entries({ root, textRoot, orderRoot, ranksRoot, startsRoot })) {
      if (!isNode(value)) throw new MatchProofRefusedError("index", `a ${name} of 32 bytes`, `${value}`);
    }
    const copy = { textBytes, recordCount, firstRecord, textRoot, orderRoot, ranksRoot, startsRoot };
    const found = matchIndexRoot(copy);
    if (found !== root.toLowerCase())
      throw new MatchProofRefusedError("index", `parts of root ${root}`, `root ${found}`);
    return new CommittedMatchIndex(found, copy);
  }

  /** n. */
  get textBytes(): number {
    return this.#parts.textBytes;
  }

  get recordCount(): number {
    return this.#parts.recordCount;
  }

  get firstRecord(): number {
    return this.#parts.firstRecord;
  }

  /**
   * Text from byte `from` to byte `to`, exclusive.
   *
   * @throws MatchProofRefusedError `opening`
   */
  text(from: number, to: number, opening: MatchOpening | undefined): Uint8Array {
    return this.#open("text", from, to, opening);
  }

  /**
   * Numbers of a column from place `from` to place `to`, exclusive, as committed: of any value.
   *
   * @throws MatchProofRefusedError `opening`
   */
  numbers(column: Exclude<MatchColumn, "text">, from: number, to: number, opening: MatchOpening | undefined): number[] {
    const bytes = this.#open(column, from, to, opening);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: to - from }, (_, i) => view.getUint32(UINT_BYTES * i));
  }

  #open(column: MatchColumn, from: number, to: number, opening: MatchOpening | undefined): Uint8Array {
    const size = this.#sizeOf(column);
    const refuse = (claimed: string, found: string): MatchProofRefusedError =>
      new MatchProofRefusedError("opening", `${claimed} for places ${from} to ${to} of ${column}`, found);
    if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= size)) {
      throw refuse("an opening", `${size} places in all`);
    }

    const width = column === "text" ? 1 : UINT_BYTES;
    const [fromByte, toByte, columnBytes] = [width * from, width * to, width * size];
    const { bytes, siblings } = fieldsOf(opening, "opening");
    const first = Math.floor(fromByte / MATCH_BLOCK_BYTES);
    const base = MATCH_BLOCK_BYTES * first;
    const wanted = Math.min(MATCH_BLOCK_BYTES * Math.ceil(toByte / MATCH_BLOCK_BYTES), columnBytes) - base;
    if (!(bytes instanceof Uint8Array)) throw refuse(`${wanted} bytes of blocks`, "no bytes");
    if (bytes.length !== wanted) throw refuse(`${wanted} bytes of blocks`, `${bytes.length}`);
    const count = Math.ceil(columnBytes / MATCH_BLOCK_BYTES);
    const most = 2 * treeDepth(count);
    if (!Array.isArray(siblings) || siblings.length > most || ![...siblings].every(isNode)) {
      throw refuse(`at most ${most} siblings of 32 bytes each`, "others");
    }

    const domain = domainHash(MATCH_DOMAINS[column]);
    const leaves: Hex[] = [];
    for (let at = 0; at < wanted; at += MATCH_BLOCK_BYTES) {
      leaves.push(leafHash(domain, bytes.subarray(at, at + MATCH_BLOCK_BYTES)));
    }
    const root = this.#parts[`${column}Root`];
    if (!verifyMerkleRange(domain, root, leaves, { firstIndex: first, count, siblings })) {
      throw refuse(`blocks ${first} to ${first + leaves.length} under ${root}`, "blocks or siblings of another root");
    }
    return bytes.subarray(fromByte - base, toByte - base);
  }

  #sizeOf(column: MatchColumn): number {
    return column === "starts" ? this.recordCount : this.textBytes;
  }
}

function isNode(value: unknown): value is Hex {
  return isHex(value) && value.length === 66;
}
