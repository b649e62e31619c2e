import type { RecordShare } from "@openledger/sdk";
import { type Address, concat, encodePacked, type Hex, keccak256, numberToHex, stringToHex } from "viem";

/** The protocol's definitions read off one by one, without a line of what ships: slow and plain on purpose. */

export const ZERO: Hex = `0x${"00".repeat(32)}`;

export const domainOf = (name: string): Hex => keccak256(stringToHex(`OpenLedger.${name}.v1`));

export const leaf = (name: string, payload: Hex): Hex => keccak256(concat(["0x00", domainOf(name), payload]));

/** Node over `leaves`, padded with zero leaves to a power of two, by recursion. */
export function top(leaves: readonly Hex[]): Hex {
  if (leaves.length === 0) return ZERO;
  let size = 1;
  while (size < leaves.length) size *= 2;
  const padded = [...leaves, ...new Array<Hex>(size - leaves.length).fill(ZERO)];
  const node = (from: number, length: number): Hex =>
    length === 1
      ? padded[from]!
      : keccak256(concat(["0x01", node(from, length / 2), node(from + length / 2, length / 2)]));
  return node(0, size);
}

export function root(name: string, leaves: readonly Hex[]): Hex {
  return keccak256(concat(["0x02", domainOf(name), numberToHex(leaves.length, { size: 8 }), top(leaves)]));
}

/** Siblings bottom-up: the top node of the other half, at each halving. */
export function siblings(leaves: readonly Hex[], index: number): Hex[] {
  let size = 1;
  while (size < leaves.length) size *= 2;
  let part = [...leaves, ...new Array<Hex>(size - leaves.length).fill(ZERO)];
  const found: Hex[] = [];
  let at = index;
  while (part.length > 1) {
    const half = part.length / 2;
    const [left, right] = [part.slice(0, half), part.slice(half)];
    found.unshift(top(at < half ? right : left));
    part = at < half ? left : right;
    if (at >= half) at -= half;
  }
  return found;
}

/**
 * Siblings of neighbouring leaves, bottom-up and at each level the left one first: the nodes whose parents lie over both the
 * range and what is outside of it, and that lie outside themselves.
 */
export function rangeSiblings(leaves: readonly Hex[], first: number, length: number): Hex[] {
  let size = 1;
  while (size < leaves.length) size *= 2;
  const padded = [...leaves, ...new Array<Hex>(size - leaves.length).fill(ZERO)];
  const touches = (from: number, width: number) => from < first + length && from + width > first;
  const found: Hex[] = [];
  for (let width = 1; width < size; width *= 2) {
    for (let from = 0; from < size; from += width) {
      const parent = from - (from % (2 * width));
      if (!touches(from, width) && touches(parent, 2 * width)) found.push(top(padded.slice(from, from + width)));
    }
  }
  return found;
}

/** Largest q with q·divisor ≤ dividend, by bisection. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  let low = 0n;
  let high = dividend + 1n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle * divisor <= dividend) low = middle;
    else high = middle;
  }
  return low;
}

export function packShares(shares: readonly { readonly account: Address; readonly share: number }[]): Hex {
  return concat(shares.map(({ account, share }) => encodePacked(["address", "uint32"], [account, share])));
}

export function packRecords(records: readonly RecordShare[]): Hex {
  const types = ["uint64", "uint32", "uint64", "uint32"] as const;
  const entries = records.map(({ datanet, version, recordIndex, share }) =>
    encodePacked(types, [datanet, version, recordIndex, share]),
  );
  // without it, none would be no string
  return concat(["0x", ...entries]);
}

/** EIP-712 by its own words: `keccak256(0x1901 ‖ domainSeparator ‖ hashStruct)`. */
export function typedDigest(
  chainId: bigint,
  verifier: Address,
  type: string,
  words: readonly Hex[],
  name = "OpenLedger InferenceMarket",
): Hex {
  const domainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
  const separator = keccak256(
    concat([
      keccak256(stringToHex(domainType)),
      keccak256(stringToHex(name)),
      keccak256(stringToHex("1")),
      numberToHex(chainId, { size: 32 }),
      numberToHex(BigInt(verifier), { size: 32 }),
    ]),
  );
  return keccak256(concat(["0x1901", separator, keccak256(concat([keccak256(stringToHex(type)), ...words]))]));
}
