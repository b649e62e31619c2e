import { expect, it } from "vitest";
import { isExpressionAllowed, statedLicences } from "./statedLicences.js";

it("finds what a text states, at its place in bytes", () => {
  const text =
    "// SPDX-License-Identifier: MIT OR Apache-2.0\n// Ümlaut\n# SPDX-License-Identifier: GPL-3.0-only\nMIT is a school.";

  const found = statedLicences(text);

  expect(found.map(({ expression }) => expression)).toEqual(["MIT OR Apache-2.0", "GPL-3.0-only"]);
  const bytes = new TextEncoder().encode(text);
  for (const { expression, at } of found) {
    expect(new TextDecoder().decode(bytes.slice(at, at + expression.length))).toBe(expression);
  }
});

it.each([
  ["MIT", true],
  ["GPL-3.0-only", false],
  ["GPL-3.0-only OR MIT", true],
  ["MIT AND GPL-3.0-only", false],
  ["(MIT AND Apache-2.0)", true],
  ["Apache-2.0 WITH LLVM-exception", true],
  ["mit", false],
])("takes %s where MIT and Apache-2.0 are allowed: %s", (expression, isAllowed) => {
  expect(isExpressionAllowed(expression, new Set(["MIT", "Apache-2.0"]))).toBe(isAllowed);
});
