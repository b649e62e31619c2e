import { type Address, encodeAbiParameters, encodePacked, type Hex, keccak256, stringToHex } from "viem";

export type JuryVote = "uphold" | "dismiss";

/** The contract's number of a vote. */
export function juryVoteNumber(vote: JuryVote): number {
  return vote === "uphold" ? 1 : 2;
}

export type JuryBallot = {
  readonly chainId: number;
  readonly jury: Address;
  readonly dispute: bigint;
  readonly round: 1 | 2;
  readonly juror: Address;
  readonly vote: JuryVote;
  /** 32 random bytes, kept until the reveal and never used again: without them a vote is found by trying both. */
  readonly salt: Hex;
};

/** What a juror commits to: `CommitRevealLib.commitmentHash` with the scope `keccak256(abi.encode(dispute, round))`. */
export function juryCommitment(ballot: JuryBallot): Hex {
  const { chainId, jury, dispute, round, juror, vote, salt } = ballot;
  const scope = keccak256(encodeAbiParameters([{ type: "uint64" }, { type: "uint8" }], [dispute, round]));
  return keccak256(
    encodePacked(
      ["bytes32", "uint256", "address", "bytes32", "address", "uint256", "bytes32"],
      [
        keccak256(stringToHex("OpenLedger.Commitment.v1")),
        BigInt(chainId),
        jury,
        scope,
        juror,
        BigInt(juryVoteNumber(vote)),
        salt,
      ],
    ),
  );
}
