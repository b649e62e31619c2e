import type { Address, Hex } from "viem";
import { licenceToBytes32 } from "../../hash/licence.js";
import { contributeTypedData } from "../../hash/typedData.js";
import type { ChainClient } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { eventOf, submit } from "../submit.js";
import type { ContributeParameters } from "./contribute.js";
import { contributionOf } from "./contributionOf.js";
import { readDatanet } from "./readDatanet.js";

/** A contribution that anyone may send. */
export type SignedContribution = Required<ContributeParameters> & {
  readonly contributor: Address;
  /** The last second in which it may be sent, since 1970. */
  readonly deadline: bigint;
  readonly signature: Hex;
};

/**
 * Signs a contribution by the account for somebody else to send, once: it uses up the account's nonce. The fee is the
 * account's all the same.
 */
export async function signContribution(
  client: ChainClient,
  parameters: ContributeParameters & { readonly deadline: bigint },
): Promise<SignedContribution> {
  const { datanet, recordsRoot, recordCount, licence, dataHash, deadline } = parameters;
  const contributor = client.account.address;
  const contract = client.deployment.addresses.contributionRegistry;
  const rules = parameters.rules ?? (await readDatanet(client, datanet)).rules;
  const nonce = await client.publicClient.readContract({
    address: contract,
    abi: contractAbis.contributionRegistry,
    functionName: "nonceOf",
    args: [contributor],
  });
  const signature = await client.walletClient.signTypedData({
    account: client.account,
    ...contributeTypedData(
      { chainId: client.deployment.chainId, contract },
      {
        contributor,
        datanet,
        recordsRoot,
        recordCount,
        licence: licenceToBytes32(licence),
        dataHash,
        rules,
        nonce,
        deadline,
      },
    ),
  });
  return { contributor, datanet, recordsRoot, recordCount, licence, dataHash, rules, deadline, signature };
}

/** Sends what a contributor signed; the account pays for gas alone. @throws ContractRefusedError, TransactionFailedError */
export async function contributeFor(client: ChainClient, signed: SignedContribution) {
  const submitted = await submit(client, "contributionRegistry", "contributeFor", [
    signed.contributor,
    signed.datanet,
    signed.recordsRoot,
    signed.recordCount,
    licenceToBytes32(signed.licence),
    signed.dataHash,
    signed.rules,
    signed.deadline,
    signed.signature,
  ]);
  const event = eventOf(client, submitted, "contributionRegistry", "ContributionCommitted");
  return { ...submitted, event, contribution: contributionOf(event) };
}
