import type { Receipt } from "../hash/types.js";
import type { JsonValue } from "./canonicalJson.js";
import type { DocumentReader } from "./DocumentReader.js";

/** A receipt as JSON: amounts and numbers of 64 bits as decimal strings. */
export function receiptToJson(receipt: Receipt): { readonly [key: string]: JsonValue } {
  return {
    channel: receipt.channel,
    model: receipt.model.toString(),
    nonce: receipt.nonce.toString(),
    cumulative: receipt.cumulative.toString(),
    fee: receipt.fee.toString(),
    promptTokens: receipt.promptTokens,
    outputTokens: receipt.outputTokens,
    requestHash: receipt.requestHash,
    programRoot: receipt.programRoot,
    seed: receipt.seed,
    outputHash: receipt.outputHash,
    attributionHash: receipt.attributionHash,
  };
}

/** @throws MalformedDocumentError */
export function readReceipt(reader: DocumentReader): Receipt {
  return {
    channel: reader.field("channel").bytes32(),
    model: reader.field("model").uint(64),
    nonce: reader.field("nonce").uint(64),
    cumulative: reader.field("cumulative").uint(96),
    fee: reader.field("fee").uint(96),
    promptTokens: reader.field("promptTokens").uint32(),
    outputTokens: reader.field("outputTokens").uint32(),
    requestHash: reader.field("requestHash").bytes32(),
    programRoot: reader.field("programRoot").bytes32(),
    seed: reader.field("seed").bytes32(),
    outputHash: reader.field("outputHash").bytes32(),
    attributionHash: reader.field("attributionHash").bytes32(),
  };
}
