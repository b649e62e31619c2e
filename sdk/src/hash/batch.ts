/**
 * Batches as the market commits to them: each one's header is hashed into a chain, of which some numbers are pinned. A header
 * is shown by an opening: the chain before it, and the headers' hashes behind it up to a pinned number.
 */
import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";
import { packHex } from "../bytes/pack.js";
import { packSettlementList } from "../wire/settlementList.js";

/** A batch's header: what the chain commits to of a settlement. Amounts in base units. */
export type Batch = {
  /** Running number, from 1. */
  readonly number: bigint;
  readonly runner: Address;
  /** Timestamp of its block, seconds since 1970. */
  readonly settledAt: bigint;
  readonly amount: bigint;
  readonly dataAmount: bigint;
  readonly receiptsRoot: Hex;
  /** Of what it moved: see `settlementsHash`. */
  readonly settlementsHash: Hex;
};

/** A header with the way from it to a pinned number of the chain. */
export type BatchOpening = {
  readonly batch: Batch;
  /** The chain before the batch, zero for the first. */
  readonly chainBefore: Hex;
  /** Hashes of the headers behind it, up to and with the pinned one. */
  readonly later: readonly Hex[];
};

/** What a batch moved of one channel for one model: cumulative amounts before and after, base units. */
export type ChannelSettlement = {
  readonly channel: Hex;
  readonly model: bigint;
  readonly before: bigint;
  readonly after: bigint;
};

/** The chain before the first batch. */
export const EMPTY_CHAIN: Hex = `0x${"00".repeat(32)}`;

/** Each multiple of it is pinned; an opening has at most so many later headers. */
export const PIN_INTERVAL = 64;

const HEADER = [
  { type: "uint64" },
  { type: "address" },
  { type: "uint64" },
  { type: "uint96" },
  { type: "uint96" },
  { type: "bytes32" },
  { type: "bytes32" },
] as const;

/** `keccak256(abi.encode(batch))`. */
export function batchHash(batch: Batch): Hex {
  const { number, runner, settledAt, amount, dataAmount, receiptsRoot, settlementsHash } = batch;
  return keccak256(
    encodeAbiParameters(HEADER, [number, runner, settledAt, amount, dataAmount, receiptsRoot, settlementsHash]),
  );
}

/** The chain behind a batch: `keccak256(chainBefore ‖ headerHash)`. */
export function extendBatchChain(chainBefore: Hex, headerHash: Hex): Hex {
  const preimage = new Uint8Array(64);
  preimage.set(packHex("chainBefore", chainBefore, 32), 0);
  preimage.set(packHex("headerHash", headerHash, 32), 32);
  return keccak256(preimage);
}

/**
 * Hash of what a batch moved, as its header has it: of `channel ‖ uint64 model ‖ uint96 before ‖ uint96 after` for each
 * (channel, model), models ascending, then channels.
 */
export function settlementsHash(settlements: readonly ChannelSettlement[]): Hex {
  return keccak256(packSettlementList(settlements));
}
