import { type Address, encodePacked, type Hex, keccak256, numberToHex, stringToHex } from "viem";
import { typedDigest } from "./slow.js";

// As the other documents: arrays of flat objects whose values are hex or decimal strings.

const MAX96 = (1n << 96n) - 1n;
const MAX64 = (1n << 64n) - 1n;
const word = (value: bigint | number | string): Hex => numberToHex(BigInt(value), { size: 32 });
const hashed = (text: string): Hex => keccak256(stringToHex(text));
const account = (text: string): Address => `0x${hashed(text).slice(26)}`;
const joined = (words: readonly Hex[]): Hex => `0x${words.map((one) => one.slice(2)).join("")}`;

const chainIds = [31_337n, 10n];
const domain = (i: number) => ({ chainId: `${chainIds[i]!}`, market: account(`market ${i}`) });

/** What the market hashes beside vouchers and receipts: channels, batches' headers and chain, and what else is signed. */
export function marketDocument() {
  return {
    channel: [0, 1].map(channelRow),
    allocation: [0, 1].map(allocationRow),
    settleFor: [0, 1].map(settleForRow),
    release: [0, 1].map(releaseRow),
    batch: batchRows(),
  };
}

function channelRow(i: number) {
  const row = {
    ...domain(i),
    payer: account(`payer ${i}`),
    runner: account(`runner ${i}`),
    salt: `${[0n, MAX96][i]!}`,
  };
  const words = [row.chainId, row.market, row.payer, row.runner, row.salt].map(word);
  return { ...row, channel: keccak256(joined(words)) };
}

function allocationRow(i: number) {
  const row = {
    ...domain(i),
    payer: account(`payer ${i}`),
    operator: account(`operator ${i}`),
    runner: [account("runner"), `0x${"00".repeat(20)}`][i] as Address,
    maxAmount: `${[10n ** 18n, MAX96][i]!}`,
    maxCount: `${[3, 4_294_967_295][i]!}`,
    expiry: `${[1_900_000_000n, MAX64][i]!}`,
    nonce: `${[0n, (1n << 256n) - 1n][i]!}`,
  };
  const type =
    "Allocation(address payer,address operator,address runner,uint96 maxAmount,uint32 maxCount,uint64 expiry,uint256 nonce)";
  const { payer, operator, runner, maxAmount, maxCount, expiry, nonce } = row;
  const words = [payer, operator, runner, maxAmount, maxCount, expiry, nonce].map(word);
  return { ...row, digest: typedDigest(chainIds[i]!, row.market, type, words) };
}

function settleForRow(i: number) {
  const row = {
    ...domain(i),
    runner: account(`runner ${i}`),
    rowsHash: hashed(`rows ${i}`),
    receiptsRoot: hashed(`receipts ${i}`),
    dataHash: hashed(`data ${i}`),
    settlementsHash: hashed(`settlements ${i}`),
    expectedConfig: `${[1_434_400, 0][i]!}`,
    deadline: `${[1_900_000_000n, MAX64][i]!}`,
  };
  const type =
    "SettleFor(address runner,bytes32 rowsHash,bytes32 receiptsRoot,bytes32 dataHash,bytes32 settlementsHash,uint32 expectedConfig,uint64 deadline)";
  const { runner, rowsHash, receiptsRoot, dataHash, settlementsHash, expectedConfig, deadline } = row;
  const words = [word(runner), rowsHash, receiptsRoot, dataHash, settlementsHash, word(expectedConfig), word(deadline)];
  return { ...row, digest: typedDigest(chainIds[i]!, row.market, type, words) };
}

function releaseRow(i: number) {
  const row = {
    ...domain(i),
    channel: hashed(`channel ${i}`),
    amount: `${[1n, MAX96][i]!}`,
    nonce: `${[7n, (1n << 256n) - 1n][i]!}`,
    deadline: `${[1_900_000_000n, MAX64][i]!}`,
  };
  const type = "Release(bytes32 channel,uint96 amount,uint256 nonce,uint64 deadline)";
  const words = [row.channel, word(row.amount), word(row.nonce), word(row.deadline)];
  return { ...row, digest: typedDigest(chainIds[i]!, row.market, type, words) };
}

/** Five successive batches; each row has the chain before and behind it. */
function batchRows() {
  let chain: Hex = word(0);
  return [0, 1, 2, 3, 4].map((i) => {
    const settlements = Array.from({ length: i + 1 }, (_, at) =>
      encodePacked(
        ["bytes32", "uint64", "uint96", "uint96"],
        [hashed(`channel ${at}`), at === i ? MAX64 : 1n, BigInt(at), at === i ? MAX96 : 10n ** 18n],
      ),
    );
    const row = {
      number: `${i + 1}`,
      runner: account(`runner ${i}`),
      settledAt: `${i === 4 ? MAX64 : 1_800_000_000 + i}`,
      amount: `${i === 4 ? MAX96 : 10n ** 18n + BigInt(i)}`,
      dataAmount: `${i === 4 ? MAX96 : 4n * 10n ** 17n}`,
      receiptsRoot: hashed(`receipts ${i}`),
      settlements: joined(settlements),
      settlementsHash: keccak256(joined(settlements)),
    };
    const words = [
      word(row.number),
      word(row.runner),
      word(row.settledAt),
      word(row.amount),
      word(row.dataAmount),
      row.receiptsRoot,
      row.settlementsHash,
    ];
    const hash = keccak256(joined(words));
    const chainBefore = chain;
    chain = keccak256(joined([chainBefore, hash]));
    return { ...row, hash, chainBefore, chain };
  });
}
