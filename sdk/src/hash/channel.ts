import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";
import type { MarketDomain } from "./typedData.js";

/** Number of a channel: `keccak256(abi.encode(chainId, market, payer, runner, salt))`. */
export function channelId(
  domain: MarketDomain,
  parties: { readonly payer: Address; readonly runner: Address; readonly salt: Hex },
): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "address" }, { type: "bytes32" }],
      [BigInt(domain.chainId), domain.market, parties.payer, parties.runner, parties.salt],
    ),
  );
}
