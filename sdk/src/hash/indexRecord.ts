import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";
import { verifyMerkleProof } from "../merkle/verifyMerkleProof.js";
import { attributionIndexRoot, INDEX_POSITIONS, type IndexRootParts } from "./indexRoot.js";

const HEAD_BYTES = 8;
const CODE_BYTES = 16;
const POSITION_BYTES = 5 + CODE_BYTES;
const MOST_SURPRISE = 127;

/** A record's row under an index's root. */
export type IndexRecordOpening = {
  /** What the root is over, of which `recordsRoot` holds the row. */
  readonly parts: IndexRootParts;
  /** Records of the index. */
  readonly count: number;
  readonly record: number;
  /** uint32 record ‖ uint32 length ‖ for each position uint32 token ‖ uint8 surprise ‖ code, 16 bytes. */
  readonly payload: Uint8Array;
  readonly siblings: readonly Hex[];
};

/** What an index says of a record: what the base's program makes of its tokens, position by position. */
export type IndexRow = {
  /** `[positions]`, at most 256 */
  readonly tokens: Uint32Array;
  /** `[positions]`, 0 to 127 */
  readonly surprises: Uint8Array;
  /** `[positions, 16]` */
  readonly codes: Uint8Array;
};

/**
 * The row that an index's root commits to. Whoever has the base's program holds it against a trace over the row's tokens: its leaves
 * of `codes` and `surprise` say the same, or the index is false.
 *
 * @throws InvalidValueError where the opening is not of this root
 */
export function openedIndexRow(root: Hex, opening: IndexRecordOpening): IndexRow {
  const { parts, count, record, payload, siblings } = opening;
  const found = attributionIndexRoot(parts);
  if (found !== root.toLowerCase()) throw new InvalidValueError("parts", `those of index ${root}`, found);
  const domain = domainHash("IndexRecord");
  const proof = { index: record, count, siblings };
  if (!verifyMerkleProof(domain, parts.recordsRoot, leafHash(domain, payload), proof)) {
    throw new InvalidValueError("payload", `record ${record} of ${count} under ${parts.recordsRoot}`, "another");
  }
  return readRow(record, payload);
}

function readRow(record: number, payload: Uint8Array): IndexRow {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const length = payload.length < HEAD_BYTES ? -1 : view.getUint32(4);
  // an index's author may commit to any bytes
  const isRow = payload.length === HEAD_BYTES + length * POSITION_BYTES && view.getUint32(0) === record;
  if (!isRow || length > INDEX_POSITIONS) {
    throw new InvalidValueError("payload", `a row of record ${record}`, `${payload.length} bytes`);
  }
  const row = {
    tokens: new Uint32Array(length),
    surprises: new Uint8Array(length),
    codes: new Uint8Array(length * CODE_BYTES),
  };
  for (let position = 0; position < length; position++) {
    const at = HEAD_BYTES + position * POSITION_BYTES;
    const surprise = view.getUint8(at + 4);
    if (surprise > MOST_SURPRISE)
      throw new InvalidValueError(`surprise ${position}`, `at most ${MOST_SURPRISE}`, surprise);
    row.tokens[position] = view.getUint32(at);
    row.surprises[position] = surprise;
    row.codes.set(payload.subarray(at + 5, at + POSITION_BYTES), position * CODE_BYTES);
  }
  return row;
}
