import type { Hex } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";
import type { Credit } from "./types.js";

/** Leaf of a credit: `address ‖ uint64 batch ‖ uint32 receiptIndex ‖ uint96 amount ‖ uint96 running`. */
export function creditLeaf(credit: Credit): Hex {
  return leafHash(
    domainHash("Credit"),
    joinBytes([
      packHex("contributor", credit.contributor, 20),
      packUint("batch", credit.batch, 64),
      packUint("receiptIndex", credit.receiptIndex, 32),
      packUint("amount", credit.amount, 96),
      packUint("running", credit.running, 96),
    ]),
  );
}
