import { type Hex, parseSignature } from "viem";

const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * A signature of 65 bytes with low s and v 27 or 28. Undefined for what the market would refuse: a voucher with a high
 * s recovers its signer off chain and reverts on it, so an answer for it would never be paid.
 */
export function normaliseSignature(signature: Hex): Hex | undefined {
  try {
    const { r, s, yParity } = parseSignature(signature);
    const value = BigInt(s);
    if (BigInt(r) === 0n || value === 0n || value > halfOrder) return undefined;
    return `${r}${s.slice(2)}${yParity === 0 ? "1b" : "1c"}`.toLowerCase() as Hex;
  } catch {
    return undefined;
  }
}
