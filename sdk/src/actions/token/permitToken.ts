import { type Address, type Hex, parseSignature } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { submit } from "../submit.js";

export type PermitTokenParameters = {
  readonly spender: Address;
  readonly amount: bigint;
  /** Last second, inclusive, in which the signature may be used. */
  readonly deadline: bigint;
};

/** Signs an ERC-2612 permit as the account and sends it. @throws ContractRefusedError, TransactionFailedError */
export async function permitToken(client: ChainClient, parameters: PermitTokenParameters) {
  const { spender, amount, deadline } = parameters;
  const address = client.deployment.addresses.openToken;
  const owner = client.account.address;
  const [nonce, domain] = await Promise.all([
    client.publicClient.readContract({ address, abi: contractAbis.openToken, functionName: "nonces", args: [owner] }),
    client.publicClient.readContract({ address, abi: contractAbis.openToken, functionName: "eip712Domain" }),
  ]);
  const signature: Hex = await client.walletClient.signTypedData({
    account: client.account,
    domain: { name: domain[1], version: domain[2], chainId: client.deployment.chainId, verifyingContract: address },
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: { owner, spender, value: amount, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  return submit(client, "openToken", "permit", [owner, spender, amount, deadline, 27 + yParity, r, s]);
}
