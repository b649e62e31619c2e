import { BigInt, ByteArray, Bytes } from "@graphprotocol/graph-ts";

/** 8 bytes, big-endian, so that ids sort as their numbers. */
export function numberId(value: BigInt): Bytes {
  return fixed(value, 8);
}

/** 4 bytes, big-endian. */
export function versionId(value: BigInt): Bytes {
  return fixed(value, 4);
}

/** Unique per event: transaction hash and log index. */
export function eventId(transaction: Bytes, logIndex: BigInt): Bytes {
  return transaction.concat(fixed(logIndex, 4));
}

function fixed(value: BigInt, size: i32): Bytes {
  const bytes = new ByteArray(size);
  let rest = value;
  const base = BigInt.fromI32(256);
  for (let i = size - 1; i >= 0; i--) {
    bytes[i] = rest.mod(base).toI32() as u8;
    rest = rest.div(base);
  }
  return Bytes.fromByteArray(bytes);
}
