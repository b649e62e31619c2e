import type { AbiItem } from "./readAbi.js";

/** A module that exports an ABI with its literal types, one entry a line so that a change is one line of a diff. */
export function renderAbi(name: string, abi: readonly AbiItem[]): string {
  const lines = abi.map((item) => `  ${JSON.stringify(item)},\n`);
  return `// Generated from the contracts by "npm run codegen".\nexport const ${name} = [\n${lines.join("")}] as const;\n`;
}
