/**
 * Batches as the market commits to them: each one's header is hashed into a chain, of which some numbers are pinned. A header
 * is shown by an opening: the chain before it, and the headers' hashes behind it up to a pinned number.
 */
import { type Address, encodeAbiParameters, type Hex, hexToBytes, keccak256 } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";

/** `settledAt` in seconds since 1970; amounts in base units. */
export type BatchHeader = {
  readonly number: bigint;
  readonly runner: Address;
  readonly settledAt: bigint;
  readonly amount: bigint;
  readonly dataAmount: bigint;
  readonly receiptsRoot: Hex;
  readonly settlementsHash: Hex;
};

/** What a batch moved of one channel for one model: cumulative amounts before and after, base units. */
export type ChannelSettlement = {
  readonly channel: Hex;
  readonly model: bigint;
  readonly before: bigint;
  readonly after: bigint;
};

/** A header with the way from it to a pinned number, as contracts take it. */
export type BatchHeaderOpening = {
  readonly batch: BatchHeader;
  readonly chainBefore: Hex;
  readonly later: readonly Hex[];
};

/** The chain before the first batch. */
export const EMPTY_CHAIN: Hex = `0x${"00".repeat(32)}`;

/** Each multiple of it is pinned; an opening has at most so many later headers. */
export const PIN_INTERVAL = 64;

/** Hash of a batch's header: `keccak256(abi.encode(header))`. */
export function batchHash(header: BatchHeader): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: "uint64" },
        { type: "address" },
        { type: "uint64" },
        { type: "uint96" },
        { type: "uint96" },
        { type: "bytes32" },
        { type: "bytes32" },
      ],
      [
        header.number,
        header.runner,
        header.settledAt,
        header.amount,
        header.dataAmount,
        header.receiptsRoot,
        header.settlementsHash,
      ],
    ),
  );
}

/** The chain behind a batch: `keccak256(chainBefore ‖ headerHash)`. */
export function extendBatchChain(chainBefore: Hex, headerHash: Hex): Hex {
  return keccak256(`0x${chainBefore.slice(2)}${headerHash.slice(2)}`);
}

/**
 * Hash of what a batch moved, as its header has it: of `channel ‖ uint64 model ‖ uint96 before ‖ uint96 after` for each
 * (channel, model), models ascending, then channels.
 */
export function settlementsHash(settlements: readonly ChannelSettlement[]): Hex {
  return keccak256(
    joinBytes(
      settlements.flatMap(({ channel, model, before, after }) => [
        packHex("channel", channel, 32),
        packUint("model", model, 64),
        packUint("before", before, 96),
        packUint("after", after, 96),
      ]),
    ),
  );
}

/**
 * Opens the header of one batch.
 *
 * @param batch Its number. @param headers Of successive batches, ascending, of which the last is pinned and this is one.
 * @param chainBefore The chain before the first of them. @throws InvalidValueError
 */
export function openBatchHeader(batch: bigint, headers: readonly BatchHeader[], chainBefore: Hex): BatchHeaderOpening {
  const at = headers.findIndex(({ number }) => number === batch);
  const header = headers[at];
  if (header === undefined) throw new InvalidValueError("batch", "the number of a given header", batch);
  const gap = headers.findIndex(({ number }, index) => number !== headers[0]!.number + BigInt(index));
  if (gap >= 0) throw new InvalidValueError("headers", "successive batches", headers[gap]!.number);
  const hashes = headers.map(batchHash);
  const later = hashes.slice(at + 1);
  if (later.length > PIN_INTERVAL) {
    throw new InvalidValueError("headers", `at most ${PIN_INTERVAL} behind the batch`, later.length);
  }
  if (hexToBytes(chainBefore).length !== 32) throw new InvalidValueError("chainBefore", "32 bytes", chainBefore);
  return { batch: header, chainBefore: hashes.slice(0, at).reduce(extendBatchChain, chainBefore), later };
}
