import type { Hex } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";
import type { Payout } from "./types.js";

/** Leaf of a pay-out: `uint64 stream ‖ address ‖ uint96 cumulative ‖ uint128 runningSum`. */
export function payoutLeaf(stream: bigint, payout: Payout): Hex {
  return leafHash(
    domainHash("Payout"),
    joinBytes([
      packUint("stream", stream, 64),
      packHex("account", payout.account, 20),
      packUint("cumulative", payout.cumulative, 96),
      packUint("runningSum", payout.runningSum, 128),
    ]),
  );
}
