import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { collectErrors } from "./collectErrors.js";
import { nameArguments } from "./nameArguments.js";
import { readAbi } from "./readAbi.js";
import { renderAbi } from "./renderAbi.js";
import { renderIndex } from "./renderIndex.js";

const out = mkdtempSync(join(tmpdir(), "openledger-abi-"));
afterEach(() => rmSync(out, { recursive: true, force: true }));

describe("generated ABIs", () => {
  it("hold each error once, though several contracts declare it", () => {
    const unknown = { type: "error", name: "Unknown", inputs: [{ type: "uint64" }] };
    const overloaded = { type: "error", name: "Unknown", inputs: [{ type: "address" }] };
    const transfer = { type: "function", name: "transfer", inputs: [] };

    expect(
      collectErrors([
        [transfer, unknown],
        [unknown, overloaded],
      ]),
    ).toEqual([overloaded, unknown]);
  });

  it("name the arguments that a contract passes on as its interface does", () => {
    const components = [{ type: "address" }, { type: "uint96[]" }];
    const passed = { type: "function", name: "run", inputs: [{ type: "tuple[]", components }] };
    const declared = { ...passed, inputs: [{ name: "orders", type: "tuple[]", components }] };
    const overloaded = { ...passed, inputs: [{ name: "order", type: "tuple", components }] };
    const own = { type: "function", name: "own", inputs: [{ name: "x", type: "uint8" }] };

    expect(nameArguments([passed, own], [overloaded, declared])).toEqual([declared, own]);
  });

  it("are one entry a line", () => {
    expect(renderAbi("openAbi", [{ type: "receive" }, { type: "fallback" }])).toBe(
      '// Generated from the contracts by "npm run codegen".\n' +
        'export const openAbi = [\n  {"type":"receive"},\n  {"type":"fallback"},\n] as const;\n',
    );
    expect(renderIndex(["open"])).toContain('export { openAbi } from "./open.js";\n');
  });

  it("come from forge's artifact, or the error says how to build it", () => {
    mkdirSync(join(out, "Open.sol"), { recursive: true });
    writeFileSync(join(out, "Open.sol", "Open.json"), JSON.stringify({ abi: [{ type: "receive" }], bytecode: {} }));

    expect(readAbi(out, "Open")).toEqual([{ type: "receive" }]);
    expect(() => readAbi(out, "Closed")).toThrow(
      /No artifact of Closed at .*Closed\.json: run "forge build contracts"/,
    );
  });
});
