/**
 * Walks from a receipt to what it rests on and checks every link by recomputing it:
 *
 *   receipt ─ signature, fee, attribution ─┬─ batch: receipts' root, transaction
 *                                          ├─ model: manifest, weights, program ─ base
 *                                          └─ versions: contributions' root ─ records: records' root, licence
 *                                                                           └ citations: the same words there
 *
 * The chain is asked for what counts; the index only says where to look and in which transaction it happened.
 */
import {
  answerFee,
  attributionHash,
  attributionRecordsHash,
  committedSharesHash,
  dueAmount,
  isPoolAccount,
  isWhole,
  type query,
  readChannel,
  readModel,
  readRevenueAt,
  receiptDataFee,
  receiptHash,
  receiptToJson,
} from "@openledger/sdk";
import { type Address, type Hex, isAddressEqual, recoverAddress } from "viem";
import type { Connection } from "../connect.js";
import { CheckList } from "./CheckList.js";
import { ContributionFiles } from "./ContributionFiles.js";
import { type FoundReceipt, findReceipt } from "./findReceipt.js";
import type { Trace } from "./Trace.js";
import { traceCitations } from "./traceCitations.js";
import { traceModel } from "./traceModel.js";
import { traceRecords } from "./traceRecords.js";
import { traceSettlement } from "./traceSettlement.js";
import { traceVersions } from "./traceVersions.js";

/** @throws OpenLedgerError when the receipt is nowhere to be found; every other fault is a failed check. */
export async function traceReceipt(connection: Connection, hash: Hex): Promise<Trace> {
  const { reader, domain } = connection;
  const found = await findReceipt(connection, hash);
  const { receipt, shares } = found;
  const checks = new CheckList();

  checks.equal("receipt_hash", "receipt", hash, receiptHash(domain, receipt));
  const channel = await checks.attempt("channel", "receipt", () => readChannel(reader, receipt.channel));
  await checkSignature(checks, hash, found.signature, channel?.runner);
  checkAttribution(checks, found);

  const registered = await checks.attempt("model", `model ${receipt.model}`, () => readModel(reader, receipt.model));
  if (registered !== undefined) {
    const fee = await checks.attempt("fee", "receipt", () => answerFee(registered.price, receipt));
    if (fee !== undefined) checks.equal("fee", "receipt", fee, receipt.fee);
    checks.equal("program", "receipt", registered.programRoot, receipt.programRoot);
  }
  const { batch } = found;
  const revenue =
    registered === undefined || batch === undefined
      ? registered?.revenue
      : await checks.attempt("revenue", `model ${receipt.model}`, () => revenueOf(connection, receipt.model, batch));
  const dataFee = revenue === undefined ? undefined : receiptDataFee(receipt, revenue.dataBps);

  const settlement = await traceSettlement(connection, checks, found);
  const { model, base, training } = await traceModel(connection, checks, receipt.model);
  const { model: number } = receipt;
  const { method, versions } = await traceVersions(connection, checks, number, found.methodHash, training?.datanets);
  const files = new ContributionFiles(connection, checks, versions);
  const records = await traceRecords(checks, files, found.records);
  const citations = found.citations && (await traceCitations(checks, files, found.citations));
  if (shares.length > 0) checkRecordShares(checks, shares, records, versions[0]?.datanet);

  return {
    ok: checks.ok,
    receiptHash: hash,
    receipt: receiptToJson(receipt),
    payer: channel?.payer,
    runner: channel?.runner,
    dataFee: dataFee?.toString(),
    settlement,
    model,
    base,
    training: training?.summary,
    method,
    versions: versions.map(({ traced }) => traced),
    records,
    citations,
    shares: shares.map(({ account, share }) => ({
      account,
      kind: isPoolAccount(account) ? "pool" : "contributor",
      share,
      amount: dueAmount(shares, account, dataFee ?? 0n).toString(),
    })),
    checks: checks.all,
  };
}

/** The parts that were in force when the receipt's batch settled. */
async function revenueOf({ reader }: Connection, model: bigint, { block }: query.IndexedBatch) {
  const { timestamp } = await reader.publicClient.getBlock({ blockNumber: block });
  return readRevenueAt(reader, model, timestamp);
}

async function checkSignature(
  checks: CheckList,
  hash: Hex,
  signature: Hex,
  runner: Address | undefined,
): Promise<void> {
  const signer = await checks.attempt("signature", "receipt", () => recoverAddress({ hash, signature }));
  if (signer === undefined || runner === undefined) return;
  const detail = `signed by ${signer}, the channel's runner is ${runner}`;
  checks.holds("signature", "receipt", isAddressEqual(signer, runner), detail);
}

function checkAttribution(checks: CheckList, found: FoundReceipt): void {
  const { receipt, shares, records, methodHash } = found;
  const whole = shares.length === 0 || isWhole(shares);
  const sum = shares.reduce((total, { share }) => total + share, 0);
  checks.holds("shares_sum", "receipt", whole, `${shares.length} shares, ${sum} in all`);
  const recordsHash = attributionRecordsHash(records);
  const committed = attributionHash({ sharesHash: committedSharesHash(shares), recordsHash, methodHash });
  checks.equal("attribution_hash", "receipt", committed, receipt.attributionHash);
}

/** Contributors have what their records have; the first Datanet's pool has the rest. */
function checkRecordShares(
  checks: CheckList,
  shares: readonly { readonly account: Address; readonly share: number }[],
  records: readonly { readonly contributor: Address; readonly share: number }[],
  firstDatanet: bigint | undefined,
): void {
  const earned = new Map<string, number>();
  for (const { contributor, share } of records) {
    earned.set(contributor.toLowerCase(), (earned.get(contributor.toLowerCase()) ?? 0) + share);
  }
  for (const { account, share } of shares) {
    if (isPoolAccount(account)) checks.equal("pool", account, firstDatanet ?? "no Datanet", BigInt(account));
    else checks.equal("contributor_share", account, earned.get(account.toLowerCase()) ?? 0, share);
    earned.delete(account.toLowerCase());
  }
  checks.holds("contributor_share", "receipt", earned.size === 0, `${earned.size} contributors of records left out`);
}
