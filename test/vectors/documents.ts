import type { RecordShare } from "@openledger/sdk";
import { type Address, bytesToHex, encodePacked, type Hex, keccak256, numberToHex, stringToHex } from "viem";
import {
  domainOf,
  floorDivide,
  leaf,
  packRecords,
  packShares,
  rangeSiblings,
  root,
  siblings,
  top,
  typedDigest,
} from "./slow.js";

// The files are read by Solidity tests: arrays of flat objects whose values are hex or decimal strings.

const MAX96 = (1n << 96n) - 1n;
const word = (value: bigint | number): Hex => numberToHex(value, { size: 32 });
const hashed = (text: string): Hex => keccak256(stringToHex(text));
const account = (text: string): Address => `0x${hashed(text).slice(26)}`;
const licence = (text: string): Hex => stringToHex(text, { size: 32 });

/** Leaf i of every tree here is the leaf of domain `Record` over the eight bytes of i. */
const numberedLeaf = (i: number): Hex => leaf("Record", numberToHex(i, { size: 8 }));

export function merkleDocument() {
  const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17, 31, 64, 65];
  const leavesOf = (count: number): Hex[] => Array.from({ length: count }, (_, i) => numberedLeaf(i));
  const packed = (words: readonly Hex[]): Hex => `0x${words.map((one) => one.slice(2)).join("")}`;
  const proofs = counts.slice(1).flatMap((count) =>
    [...new Set([0, 1, Math.floor(count / 2), count - 2, count - 1])]
      .filter((index) => index >= 0 && index < count)
      .map((index) => ({
        count: `${count}`,
        index: `${index}`,
        leaf: numberedLeaf(index),
        root: root("Record", leavesOf(count)),
        siblings: packed(siblings(leavesOf(count), index)),
      })),
  );
  const ranges = counts.slice(1).flatMap((count) =>
    [0, 1, Math.floor(count / 2), count - 1]
      .flatMap((first) => [1, 2, 5, count - first].map((length) => ({ first, length })))
      .filter(({ first, length }) => length > 0 && first + length <= count)
      .map(({ first, length }) => ({
        count: `${count}`,
        first: `${first}`,
        length: `${length}`,
        root: root("Record", leavesOf(count)),
        siblings: packed(rangeSiblings(leavesOf(count), first, length)),
      })),
  );
  return {
    roots: counts.map((count) => ({
      count: `${count}`,
      root: root("Record", leavesOf(count)),
      top: top(leavesOf(count)),
    })),
    proofs,
    ranges,
  };
}

const DOMAINS = [
  "Record",
  "Contribution",
  "Receipt",
  "Credit",
  "Payout",
  "Chunk",
  "Shares",
  "Attribution",
  "AttributionRecords",
  "AttributionMethod",
  "Index",
  "Grant",
] as const;

export function hashDocument() {
  const record = ["", "x", "Zwölf Boxkämpfer jagen Viktor", "a\nb".repeat(500)].map((text, i) => {
    const bytes = new TextEncoder().encode(text);
    const [contentHash, spdx] = [keccak256(bytes), licence(["MIT", "Apache-2.0", "BSD-3-Clause", "CC0-1.0"][i]!)];
    const payload = encodePacked(["bytes32", "uint32", "bytes32"], [contentHash, bytes.length, spdx]);
    return {
      text: bytesToHex(bytes),
      contentHash,
      byteLength: `${bytes.length}`,
      licence: spdx,
      leaf: leaf("Record", payload),
    };
  });

  const contribution = [0n, 1n, (1n << 64n) - 1n].map((number, i) => {
    const row = {
      contribution: `${number}`,
      contributor: account(`contributor ${i}`),
      recordsRoot: hashed(`records ${i}`),
      recordCount: `${[1, 70_000, 4_294_967_295][i]!}`,
      licence: licence("MIT"),
    };
    const payload = encodePacked(
      ["uint64", "address", "bytes32", "uint32", "bytes32"],
      [number, row.contributor, row.recordsRoot, Number(row.recordCount), row.licence],
    );
    return { ...row, leaf: leaf("Contribution", payload) };
  });

  const receiptLeaf = [0, 1].map((i) => ({
    receiptHash: hashed(`receipt ${i}`),
    leaf: leaf("Receipt", hashed(`receipt ${i}`)),
  }));

  const credit = [1n, 12_345_678_901_234_567_890n, MAX96].map((amount, i) => {
    const contributor = account(`contributor ${i}`);
    const batch = [1n, 77n, (1n << 64n) - 1n][i]!;
    const receiptIndex = [0, 9, 4_294_967_295][i]!;
    const payload = encodePacked(
      ["address", "uint64", "uint32", "uint96", "uint96"],
      [contributor, batch, receiptIndex, amount, MAX96 - amount],
    );
    return {
      contributor,
      batch: `${batch}`,
      receiptIndex: `${receiptIndex}`,
      amount: `${amount}`,
      running: `${MAX96 - amount}`,
      leaf: leaf("Credit", payload),
    };
  });

  const payout = [0n, 10n ** 18n, MAX96].map((cumulative, i) => {
    const stream = [1n, 2n, (1n << 64n) - 1n][i]!;
    const runningSum = cumulative * 4_000_000_000n;
    const payload = encodePacked(
      ["uint64", "address", "uint96", "uint128"],
      [stream, account(`account ${i}`), cumulative, runningSum],
    );
    return {
      stream: `${stream}`,
      account: account(`account ${i}`),
      cumulative: `${cumulative}`,
      runningSum: `${runningSum}`,
      leaf: leaf("Payout", payload),
    };
  });

  const chunk = [1, 2, 1023, 1024].map((length) => {
    const data = bytesToHex(Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 255));
    return { data, leaf: leaf("Chunk", data) };
  });

  const shares = shareLists().map((list) => ({
    packed: packShares(list),
    hash: keccak256(`${domainOf("Shares")}${packShares(list).slice(2)}`),
  }));

  const attribution = [0, 1].map((i) => {
    const parts = [hashed(`shares ${i}`), hashed(`records ${i}`), hashed(`method ${i}`)] as const;
    const hash = keccak256(`${domainOf("Attribution")}${parts.map((part) => part.slice(2)).join("")}`);
    return { sharesHash: parts[0], recordsHash: parts[1], methodHash: parts[2], hash };
  });

  const attributionRecords = recordLists().map((list) => {
    const packed = packRecords(list);
    return { packed, hash: keccak256(`${domainOf("AttributionRecords")}${packed.slice(2)}`) };
  });

  const attributionMethod = [0, 1, 3].map((count) => {
    const roots = Array.from({ length: count }, (_, i) => hashed(`index ${i}`));
    return { roots, hash: keccak256(`${domainOf("AttributionMethod")}${roots.map((root) => root.slice(2)).join("")}`) };
  });

  const index = [0, 1].map((i) => {
    const floors = Array.from({ length: 9 }, (_, k) => (i === 0 ? 65_536 - k : k));
    const roots = [
      hashed(`base ${i}`),
      hashed(`file ${i}`),
      hashed(`index records ${i}`),
      hashed(`postings ${i}`),
    ] as const;
    const numbers = [2, 128, 256, ...floors].map((value) => encodePacked(["uint32"], [value]).slice(2)).join("");
    const payload: Hex = `0x${numbers}${roots.map((root) => root.slice(2)).join("")}`;
    const [baseWeightsRoot, fileHash, recordsRoot, postingsRoot] = roots;
    return {
      floors,
      baseWeightsRoot,
      attributionHash: fileHash,
      recordsRoot,
      postingsRoot,
      leaf: leaf("Index", payload),
    };
  });

  const grant = [1n, 10n ** 18n, MAX96].map((amount, i) => {
    const row = { allocation: `${[0, 2, 4][i]!}`, beneficiary: account(`beneficiary ${i}`), amount: `${amount}` };
    const payload = encodePacked(["uint8", "address", "uint96"], [Number(row.allocation), row.beneficiary, amount]);
    return { ...row, leaf: leaf("Grant", payload) };
  });

  return {
    domain: DOMAINS.map((name) => ({ name, hash: domainOf(name) })),
    record,
    contribution,
    receiptLeaf,
    credit,
    payout,
    chunk,
    shares,
    attribution,
    attributionRecords,
    attributionMethod,
    index,
    grant,
    voucher: [0, 1].map(voucherRow),
    receipt: [0, 1].map(receiptRow),
    disclosure: [0, 1].map(disclosureRow),
  };
}

/** None, one, and two at their ends. */
function recordLists(): RecordShare[][] {
  const one = { datanet: 1n, version: 2, recordIndex: 3n, share: 40_000 };
  const last = { datanet: (1n << 64n) - 1n, version: 2 ** 32 - 1, recordIndex: (1n << 64n) - 1n, share: 500 };
  return [[], [one], [one, last]];
}

const market = (i: number): Address => account(`market ${i}`);
const chainId = (i: number): bigint => [31_337n, 10n][i]!;

function voucherRow(i: number) {
  const row = {
    chainId: `${chainId(i)}`,
    market: market(i),
    channel: hashed(`channel ${i}`),
    model: `${[1n, (1n << 64n) - 1n][i]!}`,
    nonce: `${[1n, 900n][i]!}`,
    cumulativeCap: `${[5_000_000_000_000_000n, MAX96][i]!}`,
    requestHash: hashed(`request ${i}`),
    deadline: `${[1_900_000_000n, (1n << 64n) - 1n][i]!}`,
  };
  const type =
    "Voucher(bytes32 channel,uint64 model,uint64 nonce,uint96 cumulativeCap,bytes32 requestHash,uint64 deadline)";
  const words = [
    row.channel,
    word(BigInt(row.model)),
    word(BigInt(row.nonce)),
    word(BigInt(row.cumulativeCap)),
    row.requestHash,
    word(BigInt(row.deadline)),
  ];
  return { ...row, digest: typedDigest(chainId(i), market(i), type, words) };
}

function receiptRow(i: number) {
  const row = {
    chainId: `${chainId(i)}`,
    market: market(i),
    channel: hashed(`channel ${i}`),
    model: `${[1n, (1n << 64n) - 1n][i]!}`,
    nonce: `${[1n, 900n][i]!}`,
    cumulative: `${[5_000_000_000_000_000n, MAX96][i]!}`,
    fee: `${[1_000_000_000_000_000n, MAX96][i]!}`,
    promptTokens: `${[12, 4_294_967_295][i]!}`,
    outputTokens: `${[34, 0][i]!}`,
    requestHash: hashed(`request ${i}`),
    programRoot: hashed(`program ${i}`),
    seed: hashed(`seed ${i}`),
    outputHash: hashed(`output ${i}`),
    attributionHash: hashed(`attribution ${i}`),
  };
  const type =
    "Receipt(bytes32 channel,uint64 model,uint64 nonce,uint96 cumulative,uint96 fee,uint32 promptTokens,uint32 outputTokens,bytes32 requestHash,bytes32 programRoot,bytes32 seed,bytes32 outputHash,bytes32 attributionHash)";
  const words = [
    row.channel,
    word(BigInt(row.model)),
    word(BigInt(row.nonce)),
    word(BigInt(row.cumulative)),
    word(BigInt(row.fee)),
    word(BigInt(row.promptTokens)),
    word(BigInt(row.outputTokens)),
    row.requestHash,
    row.programRoot,
    row.seed,
    row.outputHash,
    row.attributionHash,
  ];
  return { ...row, digest: typedDigest(chainId(i), market(i), type, words) };
}

function disclosureRow(i: number) {
  const row = {
    chainId: `${chainId(i)}`,
    market: market(i),
    receipt: hashed(`receipt ${i}`),
    deadline: `${1_900_000_000 + i}`,
  };
  const words = [row.receipt, word(BigInt(row.deadline))];
  return { ...row, digest: typedDigest(chainId(i), market(i), "Disclosure(bytes32 receipt,uint64 deadline)", words) };
}

/** Ascending by account, 65,536 in all; all but the first begin with a pool, the last ends with another. */
function shareLists(): { readonly account: Address; readonly share: number }[][] {
  const pool: Address = `0x${"00".repeat(19)}01`;
  const accounts = Array.from({ length: 64 }, (_, i) => account(`sharer ${i}`)).sort();
  const even = accounts.map((one, i) => ({ account: one, share: 900 + i }));
  const rest = 65_536 - even.reduce((sum, { share }) => sum + share, 0);
  return [
    [{ account: accounts[0]!, share: 65_536 }],
    [
      { account: pool, share: 1 },
      { account: accounts[0]!, share: 21_845 },
      { account: accounts[1]!, share: 43_690 },
    ],
    [{ account: pool, share: rest }, ...even],
    [
      { account: pool, share: 21_845 },
      { account: `0x${"00".repeat(19)}02`, share: 43_691 },
    ],
  ];
}

export function moneyDocument() {
  const amounts = [0n, 1n, 2n, 9_999n, 10_000n, 10_001n, 123_456_789_012_345_678n, 10n ** 27n, MAX96];
  const bps = [0n, 1n, 2000n, 3333n, 4000n, 7000n];

  const dataFees = amounts.flatMap((cumulative) =>
    [0n, 1n, floorDivide(cumulative, 3n), cumulative]
      .filter((fee) => fee <= cumulative)
      .map((fee, i) => {
        const dataBps = bps[(i + amounts.indexOf(cumulative)) % bps.length]!;
        const dataFee = floorDivide(cumulative * dataBps, 10_000n) - floorDivide((cumulative - fee) * dataBps, 10_000n);
        return { cumulative: `${cumulative}`, fee: `${fee}`, dataBps: `${dataBps}`, dataFee: `${dataFee}` };
      }),
  );

  const credits = [0n, 1n, 65_535n, 65_537n, 1_000_000_000_000_003n, floorDivide(MAX96, 2n)].flatMap((dataFee) =>
    shareLists().map((list) => {
      const floors = list.map(({ share }) => floorDivide(dataFee * BigInt(share), 65_536n));
      const isPool = BigInt(list[0]!.account) < 1n << 64n;
      const others = floors.slice(1).reduce((sum, amount) => sum + amount, 0n);
      return {
        dataFee: `${dataFee}`,
        shares: packShares(list),
        first: `${isPool ? dataFee - others : floors[0]!}`,
        last: `${list.length === 1 ? floors[0]! : floors[floors.length - 1]!}`,
      };
    }),
  );

  const splits = amounts.flatMap((before, i) =>
    [1n, 10_007n, 10n ** 18n + 7n].map((step, j) => {
      const after = before + step > MAX96 ? MAX96 : before + step;
      const dataBps = bps[(i + j) % bps.length]!;
      const modelBps = dataBps === 7000n ? 0n : [0n, 1500n, 1n][j]!;
      const [protocolBps, securityBps, stakersBps] = [
        [200n, 500n, 800n],
        [0n, 0n, 0n],
        [1n, 1999n, 0n],
      ][(i + j) % 3] as [bigint, bigint, bigint];
      const data = floorDivide(after * dataBps, 10_000n) - floorDivide(before * dataBps, 10_000n);
      const rest = after - before - data;
      const part = (partBps: bigint): bigint => floorDivide(rest * partBps, 10_000n - dataBps);
      const parts = [protocolBps + securityBps, stakersBps, modelBps].map(part);
      return {
        before: `${before}`,
        after: `${after}`,
        protocolBps: `${protocolBps}`,
        securityBps: `${securityBps}`,
        stakersBps: `${stakersBps}`,
        modelBps: `${modelBps}`,
        dataBps: `${dataBps}`,
        governed: `${parts[0]!}`,
        stakers: `${parts[1]!}`,
        model: `${parts[2]!}`,
        data: `${data}`,
        runner: `${rest - parts.reduce((sum, amount) => sum + amount, 0n)}`,
      };
    }),
  );

  return { dataFee: dataFees, credit: credits, split: splits };
}
