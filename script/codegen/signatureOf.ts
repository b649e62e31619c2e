import type { AbiItem, AbiParameter } from "./readAbi.js";

/** An entry's name with the types of its arguments: what its selector is hashed from. */
export function signatureOf(item: AbiItem): string {
  return `${item.name}(${item.inputs?.map(typeOf).join(",") ?? ""})`;
}

function typeOf({ type, components }: AbiParameter): string {
  if (components === undefined) return type;
  return `(${components.map(typeOf).join(",")})${type.slice("tuple".length)}`;
}
