import type { AbiItem } from "./readAbi.js";
import { signatureOf } from "./signatureOf.js";

/** Under which name a contract's docs keep an entry of its ABI. */
export function docsKey(item: AbiItem): string {
  if (item.type === "function") return signatureOf(item);
  if (item.type === "event" || item.type === "error") return `${item.type} ${signatureOf(item)}`;
  return item.type;
}
