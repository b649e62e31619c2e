import { bytesToHex, type Hex, hexToBytes, size } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { ChannelSettlement } from "../hash/batch.js";

const ENTRY_BYTES = 64;

/** The preimage of a batch's `settlementsHash`: 64 bytes an entry, in the order given. @throws InvalidValueError */
export function packSettlementList(settlements: readonly ChannelSettlement[]): Hex {
  return bytesToHex(
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

/** Reads what `packSettlementList` writes. @throws InvalidValueError when it is no whole number of entries. */
export function readSettlementList(packed: Hex): readonly ChannelSettlement[] {
  if (size(packed) % ENTRY_BYTES !== 0) {
    throw new InvalidValueError("settlements", `a multiple of ${ENTRY_BYTES} bytes`, `${size(packed)} bytes`);
  }
  const bytes = hexToBytes(packed);
  const uint = (from: number, to: number) => BigInt(bytesToHex(bytes.subarray(from, to)));
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, entry) => {
    const from = entry * ENTRY_BYTES;
    return {
      channel: bytesToHex(bytes.subarray(from, from + 32)),
      model: uint(from + 32, from + 40),
      before: uint(from + 40, from + 52),
      after: uint(from + 52, from + 64),
    };
  });
}
