import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { type ContentStoreDomain, eraseContentDigest, eraseRecordsDigest } from "../hash/typedData.js";
import type { EraseContent, EraseRecords } from "../hash/types.js";
import { canonicalJsonBytes } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";

const DOCUMENT = "erasure request";

/** Most records of one request, and most bytes of a signature: an account that is a contract may need more than 65. */
export const MAX_ERASED_RECORDS = 65_536;
const MAX_SIGNATURE_BYTES = 8192;

/** An order to erase, and the EIP-712 signature of whoever may give it. */
export type ErasureRequest =
  | { readonly type: "EraseRecords"; readonly order: EraseRecords; readonly signature: Hex }
  | { readonly type: "EraseContent"; readonly order: EraseContent; readonly signature: Hex };

/** What a store says that has erased. `replacement`: the file that stands for `content` in it now; none where nothing does. */
export type Erasure = { readonly content: Hex; readonly replacement?: Hex };

/** What the signature of a request is over. @param hash As of `eraseRecordsDigest` */
export function erasureDigest(
  stores: ContentStoreDomain,
  request: ErasureRequest,
  hash?: (bytes: Uint8Array) => Uint8Array,
): Hex {
  return request.type === "EraseRecords"
    ? eraseRecordsDigest(stores, request.order, hash)
    : eraseContentDigest(stores, request.order);
}

/** The request as a store is asked; at most 800 kB. @throws InvalidValueError past 65,536 records */
export function encodeErasureRequest({ type, order, signature }: ErasureRequest): Uint8Array {
  const head = { type, content: order.content, deadline: order.deadline.toString(), signature };
  if (type === "EraseContent") return canonicalJsonBytes({ ...head, replacement: order.replacement });
  const { contribution, records } = order;
  if (records.length > MAX_ERASED_RECORDS) {
    throw new InvalidValueError("records", `at most ${MAX_ERASED_RECORDS}`, records);
  }
  return canonicalJsonBytes({ ...head, contribution: contribution.toString(), records });
}

/** @throws MalformedDocumentError */
export function decodeErasureRequest(bytes: Uint8Array): ErasureRequest {
  const reader = DocumentReader.parse(DOCUMENT, bytes);
  const content = reader.field("content").bytes32();
  const deadline = reader.field("deadline").uint(64);
  const signature = readSignature(reader.field("signature"));
  const type = reader.field("type");
  if (type.raw === "EraseContent") {
    const replacement = reader.field("replacement").bytes32();
    return { type: "EraseContent", order: { content, replacement, deadline }, signature };
  }
  type.literal("EraseRecords");
  const contribution = reader.field("contribution").uint(64);
  const records = readPlaces(reader.field("records"));
  return { type: "EraseRecords", order: { content, contribution, records, deadline }, signature };
}

/** The answer of a store. */
export function encodeErasure({ content, replacement }: Erasure): Uint8Array {
  return canonicalJsonBytes({ content, replacement });
}

/** @throws MalformedDocumentError */
export function decodeErasure(bytes: Uint8Array): Erasure {
  const reader = DocumentReader.parse("erasure", bytes);
  const replacement = reader.field("replacement");
  return {
    content: reader.field("content").bytes32(),
    ...(replacement.present && { replacement: replacement.bytes32() }),
  };
}

function readSignature(reader: DocumentReader): Hex {
  const signature = reader.hex();
  if (signature.length > 2 + 2 * MAX_SIGNATURE_BYTES) reader.fail(`expected at most ${MAX_SIGNATURE_BYTES} bytes`);
  return signature;
}

function readPlaces(reader: DocumentReader): number[] {
  // Before any is looked at: a list without end costs no more than one of the bound.
  const { raw } = reader;
  if (Array.isArray(raw) && raw.length > MAX_ERASED_RECORDS)
    reader.fail(`expected at most ${MAX_ERASED_RECORDS} items`);
  return reader.items().map((item) => item.uint32());
}
