/** A licence that a text says it stands under. */
export interface StatedLicence {
  /** The SPDX expression, as it is written. */
  readonly expression: string;
  /** Place of its first byte. */
  readonly at: number;
}

/** The tag of SPDX 3, annex E; what follows it on the line is an expression, of which the plain forms are read. */
const TAG = /SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+() \t-]{1,200})/g;

/** Licences that a text states by SPDX's tag, in their order. */
export function statedLicences(text: string): StatedLicence[] {
  const encoder = new TextEncoder();
  return [...text.matchAll(TAG)].map((found) => {
    const at = found.index + found[0].length - found[1]!.length;
    return { expression: found[1]!.trim(), at: encoder.encode(text.slice(0, at)).length };
  });
}

/**
 * Whether one of the choices that an expression leaves consists of allowed licences: `A OR B` by either, `A AND B` by both,
 * `A WITH exception` by A.
 */
export function isExpressionAllowed(expression: string, allowed: ReadonlySet<string>): boolean {
  const plain = expression.replace(/[()]/g, " ").replace(/\s+WITH\s+\S+/g, "");
  return plain.split(/\s+OR\s+/).some((choice) => choice.split(/\s+AND\s+/).every((one) => allowed.has(one.trim())));
}
