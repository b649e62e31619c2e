import type { Address, Hex } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";
import { ALLOCATIONS, type GenesisAllocation } from "../units/allocation.js";

/** A part of an allocation of the supply. `amount` in base units: all of it, released or not. */
export type Grant = {
  readonly allocation: GenesisAllocation;
  readonly beneficiary: Address;
  readonly amount: bigint;
};

/** Leaf of a grant in its allocation's tree: `uint8 allocation ‖ address ‖ uint96 amount`. */
export function grantLeaf(grant: Grant): Hex {
  return leafHash(
    domainHash("Grant"),
    joinBytes([
      Uint8Array.of(ALLOCATIONS.indexOf(grant.allocation)),
      packHex("beneficiary", grant.beneficiary, 20),
      packUint("amount", grant.amount, 96),
    ]),
  );
}
