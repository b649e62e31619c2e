import { docsKey } from "./docsKey.js";
import type { AbiItem, AbiParameter } from "./readAbi.js";
import type { ContractDocs } from "./readDocs.js";

/** What of an ABI is not documented: entries without a notice, parameters and return values without a line. */
export function findGaps(abi: readonly AbiItem[], entries: ContractDocs["entries"]): string[] {
  return abi.flatMap((item) => {
    const docs = entries.get(docsKey(item)) ?? { params: {}, returns: {} };
    return [
      ...(docs.notice === undefined ? [`${docsKey(item)}: no @notice`] : []),
      ...missing(item.inputs, docs.params).map((name) => `${docsKey(item)}: no @param ${name}`),
      ...missing(item.outputs, docs.returns).map((name) => `${docsKey(item)}: no @return ${name}`),
    ];
  });
}

function missing(values: readonly AbiParameter[] = [], told: Readonly<Record<string, string>>): string[] {
  return values.map(({ name }, place) => name || `_${place}`).filter((name) => told[name] === undefined);
}
