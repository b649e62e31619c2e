import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "./devnet/repositoryRoot.js";

describe("the compiler, as forge calls it", () => {
  it("takes more sources than fit a stack of WebAssembly", () => {
    const filler = `// ${"x".repeat(1000)}\n`.repeat(8000);
    const input = {
      language: "Solidity",
      sources: { "A.sol": { content: `pragma solidity ^0.8.0;\n${filler}contract A { uint256 public a = 1; }` } },
      settings: { outputSelection: { "*": { "*": ["evm.bytecode.object"] } } },
    };

    const output = JSON.parse(
      execFileSync(join(repositoryRoot, "script/solc"), ["--standard-json"], {
        input: JSON.stringify(input),
        encoding: "utf8",
        maxBuffer: 1 << 26,
      }),
    );

    expect(output.contracts["A.sol"].A.evm.bytecode.object).toMatch(/^60806040/);
  });
});
