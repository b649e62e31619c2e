import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { MarketDomain } from "./typedData.js";

/** Whose a channel is. A payer and a runner can have 2^96 of them. */
export type ChannelParties = { readonly payer: Address; readonly runner: Address; readonly salt: bigint };

/**
 * Number of a channel: `keccak256(abi.encode(chainId, market, payer, runner, salt))`.
 *
 * @throws InvalidValueError when the salt is no unsigned integer of 96 bits.
 */
export function channelId(domain: MarketDomain, { payer, runner, salt }: ChannelParties): Hex {
  if (salt < 0n || salt >> 96n !== 0n) throw new InvalidValueError("salt", "an unsigned integer of 96 bits", salt);
  return keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "address" }, { type: "uint96" }],
      [BigInt(domain.chainId), domain.market, payer, runner, salt],
    ),
  );
}
