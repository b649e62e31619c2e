import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { domainHash } from "../merkle/domain.js";
import { merkleRoot } from "../merkle/merkleRoot.js";
import { leafHash } from "../merkle/node.js";

/** Bytes of a weight file under one leaf; the last chunk may be shorter, never empty. */
export const CHUNK_BYTES = 1024;

/** Leaf of a chunk of a weight file. @param bytes 1 to 1,024 of them. */
export function chunkLeaf(bytes: Uint8Array): Hex {
  if (bytes.length < 1 || bytes.length > CHUNK_BYTES) throw new InvalidValueError("chunk", "1 to 1024 bytes", bytes);
  return leafHash(domainHash("Chunk"), bytes);
}

/** `weightsRoot` of a file: the tree over its 1 KiB chunks. */
export function weightsRoot(file: Uint8Array): Hex {
  return merkleRoot(domainHash("Chunk"), chunkLeaves(file));
}

function* chunkLeaves(file: Uint8Array): Generator<Hex> {
  for (let at = 0; at < file.length; at += CHUNK_BYTES) yield chunkLeaf(file.subarray(at, at + CHUNK_BYTES));
}
