import type { Contribution, ContributionState, Revocation } from "@openledger/sdk";
import type { Address, Hex } from "viem";

/** What the store asks a chain, to know whose a file is. Each throws StoreError `chain_unavailable`. */
export interface ErasureChain {
  /** Undefined where no contribution has the number. */
  contribution(number: bigint): Promise<Contribution | undefined>;
  /** All of an account's, in any Datanet. */
  contributionsOf(contributor: Address): Promise<readonly Contribution[]>;
  state(contribution: bigint): Promise<ContributionState>;
  /** All of a Datanet until now. */
  revocations(datanet: bigint): Promise<readonly Revocation[]>;
  /** Whether the account, a contract, takes the signature for its own (ERC-1271). */
  isSignatureOf(account: Address, digest: Hex, signature: Hex): Promise<boolean>;
}
