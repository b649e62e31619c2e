import { BigInt, ByteArray, Bytes } from "@graphprotocol/graph-ts";
import { numberId } from "./ids";

/** A leaf is demanded once a proposal: the proposal's number, the tree and the leaf's place name the demand. */
export function demandId(proposal: BigInt, tree: i32, index: BigInt): Bytes {
  const kind = new ByteArray(1);
  kind[0] = tree as u8;
  return numberId(proposal).concat(Bytes.fromByteArray(kind)).concat(numberId(index));
}

export function treeName(tree: i32): string {
  return tree == 0 ? "Credits" : "Payouts";
}
