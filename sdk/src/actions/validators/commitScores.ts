import type { Address, Hex } from "viem";
import { commitmentHash, roundScope, scoresValue } from "../../hash/commitment.js";
import { scoresCommitTypedData } from "../../hash/typedData.js";
import type { ChainClient, ChainReader } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

/** A validator's scores in a round. */
export type Scores = {
  readonly round: bigint;
  /** One per contribution of the round, 0 to 10,000. */
  readonly scores: readonly number[];
  /** 32 random bytes, never used before; whoever loses them cannot reveal. */
  readonly salt: Hex;
};

/** A commitment that anyone may send. */
export type SignedScores = {
  readonly round: bigint;
  readonly validator: Address;
  readonly commitment: Hex;
  /** The last second in which it may be sent, since 1970. */
  readonly deadline: bigint;
  readonly signature: Hex;
};

/** What a validator commits to. */
export function scoresCommitment(
  { deployment }: Pick<ChainReader, "deployment">,
  validator: Address,
  { round, scores, salt }: Scores,
): Hex {
  const scope = {
    chainId: deployment.chainId,
    contract: deployment.addresses.datanetValidators,
    scope: roundScope(round),
  };
  return commitmentHash(scope, validator, scoresValue(scores), salt);
}

/** Commits the account to its scores. @throws ContractRefusedError, TransactionFailedError */
export async function commitScores(client: ChainClient, scores: Scores): Promise<Submitted> {
  const commitment = scoresCommitment(client, client.account.address, scores);
  return submit(client, "datanetValidators", "commit", [scores.round, commitment]);
}

/**
 * Signs the account's commitment for somebody else to send.
 *
 * Two different ones for one round are slashed, whichever was sent: keep what was signed.
 */
export async function signScores(
  client: ChainClient,
  parameters: Scores & { readonly deadline: bigint },
): Promise<SignedScores> {
  const { round, deadline } = parameters;
  const validator = client.account.address;
  const commitment = scoresCommitment(client, validator, parameters);
  const signature = await client.walletClient.signTypedData({
    account: client.account,
    ...scoresCommitTypedData(
      { chainId: client.deployment.chainId, contract: client.deployment.addresses.datanetValidators },
      { scope: roundScope(round), participant: validator, commitment, deadline },
    ),
  });
  return { round, validator, commitment, deadline, signature };
}

/** Sends what a validator signed. @throws ContractRefusedError, TransactionFailedError */
export async function commitScoresFor(client: ChainClient, signed: SignedScores): Promise<Submitted> {
  const { round, validator, commitment, deadline, signature } = signed;
  return submit(client, "datanetValidators", "commitFor", [round, validator, commitment, deadline, signature]);
}
