/** ECDSA signatures in the one form the market takes: low s, v 27 or 28. */
import {
  compactSignatureToSignature,
  type Hex,
  parseCompactSignature,
  parseSignature,
  signatureToCompactSignature,
} from "viem";

const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * 65 bytes of a signature given in 65 bytes or in 64 (EIP-2098). Undefined for what the market would refuse: a voucher
 * with a high s recovers off chain and reverts on it.
 */
export function normaliseSignature(signature: Hex): Hex | undefined {
  try {
    const { r, s, yParity } =
      signature.length === 130
        ? compactSignatureToSignature(parseCompactSignature(signature))
        : parseSignature(signature);
    const value = BigInt(s);
    if (BigInt(r) === 0n || value === 0n || value > halfOrder) return undefined;
    return `${r}${s.slice(2)}${yParity === 0 ? "1b" : "1c"}`.toLowerCase() as Hex;
  } catch {
    return undefined;
  }
}

/** `r` and `vs` of EIP-2098, 32 bytes each. */
export function compactSignature(signature: Hex): { readonly r: Hex; readonly vs: Hex } {
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(signature));
  return { r, vs: yParityAndS };
}
