import { BigInt, Bytes } from "@graphprotocol/graph-ts";

/** Bytes of a packed value, from a place on. */
export function readBytes(packed: Bytes, from: i32, size: i32): Bytes {
  return Bytes.fromUint8Array(packed.slice(from, from + size));
}

/** An unsigned big-endian integer of a packed value. */
export function readUint(packed: Bytes, from: i32, size: i32): BigInt {
  // The index counts little-endian.
  return BigInt.fromUnsignedBytes(Bytes.fromUint8Array(packed.slice(from, from + size).reverse()));
}
