import { collectErrors } from "./collectErrors.js";
import { PARTS } from "./contracts.js";
import { nameArguments } from "./nameArguments.js";
import { type AbiItem, readAbi } from "./readAbi.js";

/** A contract's ABI with its parts' errors; a function that a part runs has its arguments' names from the interface. */
export function readWhole(out: string, name: string): readonly AbiItem[] {
  const parts = PARTS.get(name);
  const own = readAbi(out, name);
  if (parts === undefined) return own;
  const named = nameArguments(own, readAbi(out, `I${name}`));
  const functions = named.filter(({ type }) => type !== "error");
  return [...functions, ...collectErrors([named, ...parts.map((part) => readAbi(out, part))])];
}
