import { type Hex, keccak256 } from "viem";
import { canonicalJsonBytes, type JsonValue } from "../wire/canonicalJson.js";

/**
 * Id of an exact program: `keccak256` of its document as canonical JSON. Floats enter as `floatBits`.
 * @throws InvalidValueError on fractions, integers beyond 2^53 and lone surrogates.
 */
export function programId(document: JsonValue): Hex {
  return keccak256(canonicalJsonBytes(document));
}
