import { type Hex, keccak256 } from "viem";
import { packText } from "../bytes/pack.js";
import { canonicalJson, type JsonValue } from "../wire/canonicalJson.js";

/** `programRoot`: `keccak256` of a model's program description as canonical JSON. */
export function programRoot(description: JsonValue): Hex {
  return keccak256(packText("program", canonicalJson(description)));
}
