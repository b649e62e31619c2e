import type { Hex } from "viem";
import { packHex } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";

/** Leaf of a receipt in its batch. @param receiptHash The EIP-712 digest of the receipt. */
export function receiptLeaf(receiptHash: Hex): Hex {
  return leafHash(domainHash("Receipt"), packHex("receiptHash", receiptHash, 32));
}
