import type { Address, Hex } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";

/** What a Datanet version commits to of a contribution. `licence` as 32 bytes. */
export type ContributionLeaf = {
  readonly contribution: bigint;
  readonly contributor: Address;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  readonly licence: Hex;
};

/** Leaf of an accepted contribution: `uint64 ‖ address ‖ recordsRoot ‖ uint32 recordCount ‖ licence`. */
export function contributionLeaf(leaf: ContributionLeaf): Hex {
  return leafHash(
    domainHash("Contribution"),
    joinBytes([
      packUint("contribution", leaf.contribution, 64),
      packHex("contributor", leaf.contributor, 20),
      packHex("recordsRoot", leaf.recordsRoot, 32),
      packUint("recordCount", leaf.recordCount, 32),
      packHex("licence", leaf.licence, 32),
    ]),
  );
}
