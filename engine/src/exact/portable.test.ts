import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Everything that a compiled module imports, it and what it imports. */
function importsOf(module: URL, seen = new Set<string>()): Set<string> {
  const source = readFileSync(module, "utf8");
  for (const [, specifier] of source.matchAll(/^(?:import|export)\b[^"';]*?\bfrom "([^"]+)"|^import "([^"]+)"/gm)) {
    const found = specifier!.startsWith(".") ? new URL(specifier!, module) : undefined;
    const name = found?.href ?? specifier!;
    if (seen.has(name)) continue;
    seen.add(name);
    if (found !== undefined) importsOf(found, seen);
  }
  return seen;
}

test("what a browser imports needs nothing but the sdk", () => {
  const imports = importsOf(new URL("./portable.js", import.meta.url));
  expect(imports.size).toBeGreaterThan(40);
  expect([...imports].filter((name) => !name.startsWith("file:"))).toEqual(["@openledger/sdk"]);
});
