import type { Address, Hex } from "viem";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";
import { receiptLeaf } from "../hash/receiptLeaf.js";
import { type MarketDomain, receiptHash } from "../hash/typedData.js";
import type { Receipt, RecordShare, Share } from "../hash/types.js";
import { domainHash } from "../merkle/domain.js";
import { MerkleTree } from "../merkle/MerkleTree.js";
import { canonicalJsonBytes, type JsonValue } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";
import { readReceipt, receiptToJson } from "./receipt.js";

const FORMAT = "openledger.batch/1";

/** A receipt with its runner's signature and what its `attributionHash` stands for. */
export type AttributedReceipt = {
  readonly receipt: Receipt;
  readonly signature: Hex;
  readonly shares: readonly Share[];
  readonly records: readonly RecordShare[];
  readonly methodHash: Hex;
};

/** The receipts under one batch's root, in the order of its tree: ascending (channel, model, nonce). */
export type BatchFile = {
  readonly runner: Address;
  readonly chainId: number;
  readonly market: Address;
  readonly receipts: readonly AttributedReceipt[];
};

/** The file's bytes for the content store. */
export function encodeBatchFile(file: BatchFile): Uint8Array {
  return canonicalJsonBytes({
    format: FORMAT,
    runner: file.runner.toLowerCase(),
    chainId: file.chainId,
    market: file.market.toLowerCase(),
    receipts: file.receipts.map(attributedReceiptToJson),
  });
}

/** @throws MalformedDocumentError also when the receipts are out of order. */
export function decodeBatchFile(bytes: Uint8Array): BatchFile {
  const file = decodeUnorderedBatchFile(bytes);
  const at = file.receipts.findIndex(
    ({ receipt }, place) => place > 0 && compareReceipts(file.receipts[place - 1]!.receipt, receipt) >= 0,
  );
  if (at < 0) return file;
  const problem = `expected ascending (channel, model, nonce), found entry ${at} out of order`;
  throw new MalformedDocumentError("batch file", "receipts", problem);
}

/** A file as it is, for whoever looks for what is false in it: receipts out of order void their batch. @throws MalformedDocumentError */
export function decodeUnorderedBatchFile(bytes: Uint8Array): BatchFile {
  const reader = DocumentReader.parse("batch file", bytes);
  reader.field("format").literal(FORMAT);
  return {
    receipts: reader.field("receipts").items().map(readAttributedReceipt),
    runner: reader.field("runner").address(),
    chainId: reader.field("chainId").uint32(),
    market: reader.field("market").address(),
  };
}

/** Order of receipts in a batch: ascending (channel, model, nonce). */
export function compareReceipts(a: Receipt, b: Receipt): number {
  const left = a.channel.toLowerCase();
  const right = b.channel.toLowerCase();
  if (left !== right) return left < right ? -1 : 1;
  if (a.model !== b.model) return a.model < b.model ? -1 : 1;
  if (a.nonce !== b.nonce) return a.nonce < b.nonce ? -1 : 1;
  return 0;
}

/** The tree of a batch's receipts; its `root` is the batch's `receiptsRoot`. */
export function receiptTree(market: MarketDomain, receipts: readonly Receipt[]): MerkleTree {
  return new MerkleTree(
    domainHash("Receipt"),
    receipts.map((receipt) => receiptLeaf(receiptHash(market, receipt))),
  );
}

export function attributedReceiptToJson(entry: AttributedReceipt): { readonly [key: string]: JsonValue } {
  return {
    receipt: receiptToJson(entry.receipt),
    signature: entry.signature,
    shares: entry.shares.map(({ account, share }) => [account.toLowerCase(), share]),
    records: entry.records.map(({ datanet, version, recordIndex, share }) => [
      datanet.toString(),
      version,
      recordIndex.toString(),
      share,
    ]),
    methodHash: entry.methodHash,
  };
}

/** @throws MalformedDocumentError */
export function readAttributedReceipt(reader: DocumentReader): AttributedReceipt {
  return {
    receipt: readReceipt(reader.field("receipt")),
    signature: reader.field("signature").hex(),
    shares: reader
      .field("shares")
      .items()
      .map((item) => {
        const [account, share] = item.tuple(2);
        return { account: account!.address(), share: share!.uint32() };
      }),
    records: reader
      .field("records")
      .items()
      .map((item) => {
        const [datanet, version, recordIndex, share] = item.tuple(4);
        return {
          datanet: datanet!.uint(64),
          version: version!.uint32(),
          recordIndex: recordIndex!.uint(64),
          share: share!.uint32(),
        };
      }),
    methodHash: reader.field("methodHash").bytes32(),
  };
}
