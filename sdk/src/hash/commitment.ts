import { type Address, concat, encodeAbiParameters, type Hex, keccak256, numberToHex } from "viem";
import { domainHash } from "../merkle/domain.js";

/** The round of a contract on a chain, in which somebody commits. */
export type CommitmentScope = {
  readonly chainId: number;
  /** The contract that holds the round. */
  readonly contract: Address;
  /** The round's name within the contract, 32 bytes. */
  readonly scope: Hex;
};

/**
 * What a participant commits to. The value stays hidden only behind 32 random bytes of salt that were never used before.
 */
export function commitmentHash(round: CommitmentScope, participant: Address, value: Hex, salt: Hex): Hex {
  const { chainId, contract, scope } = round;
  return keccak256(
    concat([domainHash("Commitment"), numberToHex(chainId, { size: 32 }), contract, scope, participant, value, salt]),
  );
}

/** The value that stands for a validator's scores in a round of a Datanet: 0 to 10,000 for each contribution. */
export function scoresValue(scores: readonly number[]): Hex {
  return keccak256(encodeAbiParameters([{ type: "uint16[]" }], [scores]));
}

/** The name of a validators' round within its contract. */
export function roundScope(round: bigint): Hex {
  return numberToHex(round, { size: 32 });
}
