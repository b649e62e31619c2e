import { type Hex, hexToBytes, keccak256, sliceHex } from "viem";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";
import type { ChannelSettlement } from "../hash/batch.js";

/** What a batch moved of one channel for one model. `claimedAfter` is the channel's, over all models. */
export type RecordedSettlement = ChannelSettlement & { readonly nonce: bigint; readonly claimedAfter: bigint };

/** How what a batch settled for one model was split; the parts add up to it. Base units. */
export type RecordedSplit = {
  readonly model: bigint;
  readonly governed: bigint;
  readonly stakers: bigint;
  readonly modelPart: bigint;
  readonly data: bigint;
  readonly runner: bigint;
};

export type BatchRecord = {
  readonly settlements: readonly RecordedSettlement[];
  readonly splits: readonly RecordedSplit[];
  readonly settlementsHash: Hex;
};

const ENTRY = 64;
const CHANNEL_DETAIL = 20;
const SPLIT_DETAIL = 60;

/**
 * Unpacks what `BatchSettled` recorded: `settlements`, and `details` by model, first its channels', then its split.
 *
 * @throws MalformedDocumentError when the two do not fit each other: then they are not of the market.
 */
export function decodeBatchRecord(packed: { readonly settlements: Hex; readonly details: Hex }): BatchRecord {
  const settlements: RecordedSettlement[] = [];
  const splits: RecordedSplit[] = [];
  const details = hexToBytes(packed.details);
  const count = (packed.settlements.length - 2) / 2 / ENTRY;
  if (!Number.isInteger(count)) throw malformed("settlements", `entries of ${ENTRY} bytes`);
  let at = 0;
  const take = (size: number): Uint8Array => {
    const piece = details.subarray(at, at + size);
    if (piece.length !== size) throw malformed("details", "as many bytes as the settlements need");
    at += size;
    return piece;
  };

  for (let index = 0; index < count; index++) {
    const entry = hexToBytes(sliceHex(packed.settlements, index * ENTRY, (index + 1) * ENTRY));
    const detail = take(CHANNEL_DETAIL);
    const model = readUint(entry.subarray(32, 40));
    settlements.push({
      channel: sliceHex(packed.settlements, index * ENTRY, index * ENTRY + 32),
      model,
      before: readUint(entry.subarray(40, 52)),
      after: readUint(entry.subarray(52, 64)),
      nonce: readUint(detail.subarray(0, 8)),
      claimedAfter: readUint(detail.subarray(8)),
    });
    const isLast = index + 1 === count || modelAt(packed.settlements, index + 1) !== model;
    if (isLast) splits.push(splitOf(model, take(SPLIT_DETAIL)));
  }
  if (at !== details.length) throw malformed("details", "no byte more than the settlements need");
  return { settlements, splits, settlementsHash: keccak256(packed.settlements) };
}

function modelAt(settlements: Hex, index: number): bigint {
  return BigInt(sliceHex(settlements, index * ENTRY + 32, index * ENTRY + 40));
}

function splitOf(model: bigint, bytes: Uint8Array): RecordedSplit {
  const [governed, stakers, modelPart, data, runner] = [0, 12, 24, 36, 48].map((from) =>
    readUint(bytes.subarray(from, from + 12)),
  ) as [bigint, bigint, bigint, bigint, bigint];
  return { model, governed, stakers, modelPart, data, runner };
}

function readUint(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function malformed(path: string, expected: string): MalformedDocumentError {
  return new MalformedDocumentError("batch record", path, expected);
}
