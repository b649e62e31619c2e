/** Content identifiers: a block's sha-256 as a CIDv1 of codec raw, in lower-case base32 (`bafk…`). */
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { create, decode } from "multiformats/hashes/digest";
import { StoreError } from "./StoreError.js";

/** A sha-256 as 0x and 64 lower-case hexadecimal digits. */
export type ContentHash = `0x${string}`;

const sha256Code = 0x12;
const cidLength = 59;

/** The CID of a block with this sha-256 (32 bytes). */
export function contentIdOf(digest: Uint8Array): string {
  return CID.createV1(raw.code, create(sha256Code, digest)).toString();
}

/**
 * The sha-256 that a CID names.
 *
 * @throws StoreError `bad_cid` unless it is the canonical text of a CIDv1, codec raw, sha2-256.
 */
export function digestOf(cid: string): Uint8Array {
  const parsed = cid.length === cidLength ? parse(cid) : undefined;
  if (parsed === undefined || parsed.version !== 1 || parsed.code !== raw.code || parsed.toString() !== cid) {
    throw badCid(cid);
  }
  const { code, digest } = decode(parsed.multihash.bytes);
  if (code !== sha256Code || digest.length !== 32) throw badCid(cid);
  return digest;
}

/** Whether the text is a CID of any version, codec and hash. */
export function isContentId(text: string): boolean {
  return text.length <= 128 && parse(text) !== undefined;
}

function parse(text: string): CID | undefined {
  try {
    return CID.parse(text);
  } catch {
    return undefined;
  }
}

function badCid(cid: string): StoreError {
  return new StoreError(
    "bad_cid",
    `Not a CIDv1 of codec raw and hash sha2-256 in base32 (bafk…, ${cidLength} characters): "${cid.slice(0, 80)}".`,
    false,
  );
}
