import { type Address, concat, type Hex, keccak256, numberToHex, stringToHex } from "viem";
import { domainOf, typedDigest } from "./slow.js";

// Read by Solidity tests: arrays of flat objects whose values are hex or decimal strings.

const word = (value: bigint | number): Hex => numberToHex(value, { size: 32 });
const hashed = (text: string): Hex => keccak256(stringToHex(text));
const account = (text: string): Address => `0x${hashed(text).slice(26)}`;
const padded = (address: Address): Hex => word(BigInt(address));
const chainId = (i: number): bigint => [31_337n, 10n][i]!;
const MAX64 = (1n << 64n) - 1n;

/** What is hashed and signed of Datanets' contributions, revocations and validators' scores. */
export function datanetDocument() {
  return {
    contribution: [0, 1].map(contributionRow),
    revocation: revocationRows(),
    commitment: [0, 1].map(commitmentRow),
    scores: [[0], [10_000, 1, 6000], Array.from({ length: 64 }, (_, i) => i * 100)].map(scoresRow),
    contribute: [0, 1].map(contributeRow),
    commit: [0, 1].map(commitRow),
  };
}

function fields(i: number) {
  return {
    datanet: `${[1n, MAX64][i]!}`,
    contributor: account(`contributor ${i}`),
    recordCount: `${[1, 4_294_967_295][i]!}`,
    rules: `${[1, 4_294_967_295][i]!}`,
    recordsRoot: hashed(`records ${i}`),
    licence: stringToHex(["MIT", "Apache-2.0"][i]!, { size: 32 }),
    dataHash: hashed(`data ${i}`),
  };
}

function contributionRow(i: number) {
  const row = { number: `${[1n, MAX64][i]!}`, committedAt: `${[1_800_000_000n, MAX64][i]!}`, ...fields(i) };
  const encoded = concat([
    word(BigInt(row.number)),
    word(BigInt(row.datanet)),
    padded(row.contributor),
    word(BigInt(row.recordCount)),
    word(BigInt(row.rules)),
    word(BigInt(row.committedAt)),
    row.recordsRoot,
    row.licence,
    row.dataHash,
  ]);
  return { ...row, digest: keccak256(encoded).slice(0, 64) };
}

/** One after the other: each row's hash is over all rows up to it. */
function revocationRows() {
  let hash: Hex = word(0);
  return [
    { contribution: 3n, index: 0 },
    { contribution: 3n, index: 4_294_967_295 },
    { contribution: MAX64, index: 70_000 },
  ].map(({ contribution, index }) => {
    hash = keccak256(
      `${hash}${numberToHex(contribution, { size: 8 }).slice(2)}${numberToHex(index, { size: 4 }).slice(2)}`,
    );
    return { contribution: `${contribution}`, index: `${index}`, hash };
  });
}

function commitmentRow(i: number) {
  const row = {
    chainId: `${chainId(i)}`,
    contract: account(`validators ${i}`),
    scope: word([1n, MAX64][i]!),
    participant: account(`validator ${i}`),
    value: hashed(`value ${i}`),
    salt: hashed(`salt ${i}`),
  };
  const hash = keccak256(
    concat([
      domainOf("Commitment"),
      word(BigInt(row.chainId)),
      row.contract,
      row.scope,
      row.participant,
      row.value,
      row.salt,
    ]),
  );
  return { ...row, hash };
}

/** `packed`: the scores as 2 bytes each. */
function scoresRow(scores: readonly number[]) {
  const packed = concat(scores.map((score) => numberToHex(score, { size: 2 })));
  return { packed, value: keccak256(concat([word(32), word(scores.length), ...scores.map(word)])) };
}

function contributeRow(i: number) {
  const row = {
    chainId: `${chainId(i)}`,
    contract: account(`contributions ${i}`),
    ...fields(i),
    nonce: `${[0n, MAX64][i]!}`,
    deadline: `${[1_900_000_000n, MAX64][i]!}`,
  };
  const type =
    "Contribute(address contributor,uint64 datanet,bytes32 recordsRoot,uint32 recordCount,bytes32 licence,bytes32 dataHash,uint32 rules,uint64 nonce,uint64 deadline)";
  const words = [
    padded(row.contributor),
    word(BigInt(row.datanet)),
    row.recordsRoot,
    word(BigInt(row.recordCount)),
    row.licence,
    row.dataHash,
    word(BigInt(row.rules)),
    word(BigInt(row.nonce)),
    word(BigInt(row.deadline)),
  ];
  return { ...row, digest: typedDigest(chainId(i), row.contract, type, words, "OpenLedger ContributionRegistry") };
}

function commitRow(i: number) {
  const row = {
    chainId: `${chainId(i)}`,
    contract: account(`validators ${i}`),
    scope: word([1n, MAX64][i]!),
    participant: account(`validator ${i}`),
    commitment: hashed(`commitment ${i}`),
    deadline: `${[1_900_000_000n, MAX64][i]!}`,
  };
  const type = "Commit(bytes32 scope,address participant,bytes32 commitment,uint64 deadline)";
  const words = [row.scope, padded(row.participant), row.commitment, word(BigInt(row.deadline))];
  return { ...row, digest: typedDigest(chainId(i), row.contract, type, words, "OpenLedger DatanetValidators") };
}
