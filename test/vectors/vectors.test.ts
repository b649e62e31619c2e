import { readFileSync } from "node:fs";
import {
  ALLOCATIONS,
  agentWalletDigest,
  allocationDigest,
  attributionHash,
  attributionIndexRoot,
  attributionMethodHash,
  attributionRecordsHash,
  batchHash,
  channelId,
  chunkLeaf,
  contributionLeaf,
  creditLeaf,
  type DomainName,
  dataFee,
  disclosureDigest,
  domainHash,
  dueAmount,
  extendBatchChain,
  grantLeaf,
  leafHash,
  licenceFromBytes32,
  MerkleFrontier,
  MerkleTree,
  openBatch,
  payoutLeaf,
  type Receipt,
  type RecordShare,
  receiptHash,
  receiptLeaf,
  recordLeaf,
  releaseDigest,
  releasedAmount,
  type Share,
  settleForDigest,
  settlementsHash,
  sharesHash,
  splitSettlement,
  verifyMerkleProof,
  verifyMerkleRange,
  vestedAmount,
  voucherDigest,
} from "@openledger/sdk";
import { type Address, type Hex, hexToBytes, hexToString, numberToBytes } from "viem";
import { describe, expect, it } from "vitest";
import { agentDocument } from "./agent.js";
import { hashDocument, merkleDocument, moneyDocument } from "./documents.js";
import { marketDocument } from "./marketDocument.js";
import { tokenomicsDocument } from "./tokenomics.js";

const stored = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));

const words = (packed: string, digits: number): Hex[] =>
  (packed.slice(2).match(new RegExp(`.{${digits}}`, "g")) ?? []).map((part): Hex => `0x${part}`);

const sharesOf = (packed: string): Share[] =>
  words(packed, 48).map((entry) => ({ account: entry.slice(0, 42) as Address, share: Number(`0x${entry.slice(42)}`) }));

const recordsOf = (packed: string): RecordShare[] =>
  words(packed, 48).map((entry) => ({
    datanet: BigInt(entry.slice(0, 18)),
    version: Number(`0x${entry.slice(18, 26)}`),
    recordIndex: BigInt(`0x${entry.slice(26, 42)}`),
    share: Number(`0x${entry.slice(42)}`),
  }));

const market = (row: { chainId: string; market: Address }) => ({ chainId: Number(row.chainId), market: row.market });

describe("the vectors", () => {
  it("are what the definitions give", () => {
    expect(stored("merkle")).toEqual(merkleDocument());
    expect(stored("hash")).toEqual(hashDocument());
    expect(stored("market")).toEqual(marketDocument());
    expect(stored("money")).toEqual(moneyDocument());
    expect(stored("tokenomics")).toEqual(tokenomicsDocument());
    expect(stored("agent")).toEqual(agentDocument());
  });
});

describe("sdk against the vectors", () => {
  const leafOf = (i: number): Hex => leafHash(domainHash("Record"), numberToBytes(i, { size: 8 }));

  it("trees", () => {
    const { roots, proofs, ranges } = merkleDocument();
    const domain = domainHash("Record");
    for (const { count, root, top } of roots) {
      const tree = new MerkleTree(
        domain,
        Array.from({ length: Number(count) }, (_, i) => leafOf(i)),
      );
      const frontier = new MerkleFrontier(domain);
      for (let i = 0; i < Number(count); i++) frontier.append(leafOf(i));
      expect([tree.root, tree.top, frontier.root()]).toEqual([root, top, root]);
    }
    for (const { count, index, leaf, root, siblings } of proofs) {
      const proof = { index: BigInt(index), count: BigInt(count), siblings: words(siblings, 64) };
      expect(verifyMerkleProof(domain, root, leaf, proof)).toBe(true);
      const tree = new MerkleTree(
        domain,
        Array.from({ length: Number(count) }, (_, i) => leafOf(i)),
      );
      expect(tree.proof(Number(index))).toEqual(proof);
    }
    for (const { count, first, length, root, siblings } of ranges) {
      const leaves = Array.from({ length: Number(count) }, (_, i) => leafOf(i));
      const range = leaves.slice(Number(first), Number(first) + Number(length));
      const proof = { firstIndex: BigInt(first), count: BigInt(count), siblings: words(siblings, 64) };
      expect(new MerkleTree(domain, leaves).rangeProof(Number(first), Number(length))).toEqual(proof);
      expect(verifyMerkleRange(domain, root, range, proof)).toBe(true);
      expect(verifyMerkleRange(domain, root, range, { ...proof, firstIndex: proof.firstIndex + 1n })).toBe(false);
      expect(verifyMerkleRange(domain, root, range, { ...proof, count: proof.count + 1n })).toBe(false);
      expect(verifyMerkleRange(domain, root, range, { ...proof, siblings: [...proof.siblings, root] })).toBe(false);
      expect(verifyMerkleRange(domain, root, [...range].reverse(), proof)).toBe(range.length === 1);
    }
  });

  it("leaves and lists", () => {
    const hashes = hashDocument();
    for (const { name, hash } of hashes.domain) expect(domainHash(name as DomainName)).toBe(hash);
    for (const row of hashes.record) {
      expect(recordLeaf(hexToString(row.text), licenceFromBytes32(row.licence))).toBe(row.leaf);
    }
    for (const row of hashes.contribution) {
      const leaf = { ...row, contribution: BigInt(row.contribution), recordCount: Number(row.recordCount) };
      expect(contributionLeaf(leaf)).toBe(row.leaf);
    }
    for (const row of hashes.receiptLeaf) expect(receiptLeaf(row.receiptHash)).toBe(row.leaf);
    for (const row of hashes.credit) {
      const credit = {
        contributor: row.contributor,
        batch: BigInt(row.batch),
        receiptIndex: Number(row.receiptIndex),
        amount: BigInt(row.amount),
        running: BigInt(row.running),
      };
      expect(creditLeaf(credit)).toBe(row.leaf);
    }
    for (const row of hashes.payout) {
      const payout = { ...row, cumulative: BigInt(row.cumulative), runningSum: BigInt(row.runningSum) };
      expect(payoutLeaf(BigInt(row.stream), payout)).toBe(row.leaf);
    }
    for (const row of hashes.chunk) expect(chunkLeaf(hexToBytes(row.data))).toBe(row.leaf);
    for (const row of hashes.shares) expect(sharesHash(sharesOf(row.packed))).toBe(row.hash);
    for (const { allocation, beneficiary, amount, leaf } of hashes.grant) {
      const grant = { allocation: ALLOCATIONS[Number(allocation)]!, beneficiary, amount: BigInt(amount) };
      expect(grantLeaf(grant)).toBe(leaf);
    }
    for (const row of hashes.attributionRecords) {
      expect(attributionRecordsHash(recordsOf(row.packed))).toBe(row.hash);
    }
    for (const row of hashes.attribution) expect(attributionHash(row)).toBe(row.hash);
    for (const { roots, hash } of hashes.attributionMethod) expect(attributionMethodHash(roots)).toBe(hash);
    for (const row of hashes.index) expect(attributionIndexRoot(row)).toBe(row.leaf);
  });

  it("signatures", () => {
    const hashes = hashDocument();
    for (const row of hashes.voucher) {
      const voucher = {
        ...row,
        model: BigInt(row.model),
        nonce: BigInt(row.nonce),
        cumulativeCap: BigInt(row.cumulativeCap),
        deadline: BigInt(row.deadline),
      };
      expect(voucherDigest(market(row), voucher)).toBe(row.digest);
    }
    for (const row of hashes.receipt) {
      const receipt: Receipt = {
        ...row,
        model: BigInt(row.model),
        nonce: BigInt(row.nonce),
        cumulative: BigInt(row.cumulative),
        fee: BigInt(row.fee),
        promptTokens: Number(row.promptTokens),
        outputTokens: Number(row.outputTokens),
      };
      expect(receiptHash(market(row), receipt)).toBe(row.digest);
    }
    for (const row of hashes.disclosure) {
      expect(disclosureDigest(market(row), { receipt: row.receipt, deadline: BigInt(row.deadline) })).toBe(row.digest);
    }
  });

  it("wallets of agents", () => {
    for (const { chainId, agentRegistry, newWallet, owner, digest, ...row } of agentDocument().wallet) {
      const message = { newWallet, owner, agentId: BigInt(row.agentId), deadline: BigInt(row.deadline) };
      expect(agentWalletDigest({ chainId: Number(chainId), agentRegistry }, message)).toBe(digest);
    }
  });

  it("channels and what else the market has signed", () => {
    const document = marketDocument();
    for (const row of document.channel) {
      expect(channelId(market(row), { ...row, salt: BigInt(row.salt) })).toBe(row.channel);
    }
    for (const row of document.allocation) {
      const allocation = {
        ...row,
        maxAmount: BigInt(row.maxAmount),
        maxCount: Number(row.maxCount),
        expiry: BigInt(row.expiry),
        nonce: BigInt(row.nonce),
      };
      expect(allocationDigest(market(row), allocation)).toBe(row.digest);
    }
    for (const row of document.settleFor) {
      const order = { ...row, expectedConfig: Number(row.expectedConfig), deadline: BigInt(row.deadline) };
      expect(settleForDigest(market(row), order)).toBe(row.digest);
    }
    for (const row of document.release) {
      const release = {
        ...row,
        amount: BigInt(row.amount),
        nonce: BigInt(row.nonce),
        deadline: BigInt(row.deadline),
      };
      expect(releaseDigest(market(row), release)).toBe(row.digest);
    }
  });

  it("batches and their chain", () => {
    const rows = marketDocument().batch;
    const headers = rows.map((row) => ({
      ...row,
      number: BigInt(row.number),
      settledAt: BigInt(row.settledAt),
      amount: BigInt(row.amount),
      dataAmount: BigInt(row.dataAmount),
    }));
    for (const [at, row] of rows.entries()) {
      const entries = words(row.settlements, 128).map((entry) => ({
        channel: entry.slice(0, 66) as Hex,
        model: BigInt(`0x${entry.slice(66, 82)}`),
        before: BigInt(`0x${entry.slice(82, 106)}`),
        after: BigInt(`0x${entry.slice(106)}`),
      }));
      expect(settlementsHash(entries)).toBe(row.settlementsHash);
      expect(batchHash(headers[at]!)).toBe(row.hash);
      expect(extendBatchChain(row.chainBefore, row.hash)).toBe(row.chain);
      for (let from = 0; from <= at; from++) {
        const opening = openBatch(
          { chainBefore: rows[from]!.chainBefore, headers: headers.slice(from) },
          BigInt(at + 1),
        );
        expect(opening.chainBefore).toBe(row.chainBefore);
        expect(opening.later).toEqual(rows.slice(at + 1).map(({ hash }) => hash));
      }
    }
  });

  it("money", () => {
    const money = moneyDocument();
    for (const row of money.dataFee) {
      const receipt = { cumulative: BigInt(row.cumulative), fee: BigInt(row.fee) };
      expect(`${dataFee(receipt, Number(row.dataBps))}`).toBe(row.dataFee);
    }
    for (const row of money.credit) {
      const shares = sharesOf(row.shares);
      const due = (share: Share | undefined): string => `${dueAmount(shares, share!.account, BigInt(row.dataFee))}`;
      expect([due(shares[0]), due(shares[shares.length - 1])]).toEqual([row.first, row.last]);
    }
    for (const row of money.split) {
      const config = {
        protocolBps: Number(row.protocolBps),
        securityBps: Number(row.securityBps),
        stakersBps: Number(row.stakersBps),
      };
      const revenue = { modelBps: Number(row.modelBps), dataBps: Number(row.dataBps) };
      const split = splitSettlement([{ before: BigInt(row.before), after: BigInt(row.after) }], config, revenue);
      const { governed, stakers, model, data, runner } = row;
      const asText = Object.fromEntries(Object.entries(split).map(([part, amount]) => [part, `${amount}`]));
      expect(asText).toEqual({ governed, stakers, model, data, runner });
    }
  });

  it("tokenomics", () => {
    const { month, second, vested } = tokenomicsDocument();
    for (const row of [...month, ...second]) {
      for (const allocation of ALLOCATIONS) {
        expect(`${releasedAmount(allocation, BigInt(row.elapsed))}`).toBe(row[allocation]);
      }
    }
    for (const row of vested) {
      const allocation = ALLOCATIONS[Number(row.allocation)]!;
      expect(`${vestedAmount(allocation, BigInt(row.amount), BigInt(row.elapsed))}`).toBe(row.vested);
    }
    expect(releasedAmount("liquidity", -1n)).toBe(0n);
  });
});
