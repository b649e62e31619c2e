import type { AbiItem } from "./readAbi.js";
import { signatureOf } from "./signatureOf.js";

/** Each entry as the interface declares it: a contract need not name the arguments that it passes on. */
export function nameArguments(abi: readonly AbiItem[], declared: readonly AbiItem[]): AbiItem[] {
  const bySignature = new Map(declared.map((item) => [`${item.type} ${signatureOf(item)}`, item]));
  return abi.map((item) => bySignature.get(`${item.type} ${signatureOf(item)}`) ?? item);
}
