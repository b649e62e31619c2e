import { type Hex, keccak256 } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";

/** `keccak256(domain ‖ salt ‖ (uint32 token)*)`. @param salt The request's. @param tokens Generated token ids in order. */
export function outputHash(salt: Hex, tokens: readonly number[]): Hex {
  const parts = [packHex("domain", domainHash("Output"), 32), packHex("salt", salt, 32)];
  for (const token of tokens) parts.push(packUint("token", token, 32));
  return keccak256(joinBytes(parts));
}
