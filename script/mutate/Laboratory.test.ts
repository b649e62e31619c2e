import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import type { Fault } from "./Fault.js";
import { ControlError, Laboratory } from "./Laboratory.js";

const CONTRACT = "contracts/Sum.sol";
const SUITE = "test/Sum.t.sol";

const fault: Fault = { fault: "a sum less one", file: CONTRACT, was: "a + b", now: "a + b - 1", tests: SUITE };

// each builds and runs a project of its own several times
describe("Laboratory", { timeout: 240_000 }, () => {
  let root: string;
  let laboratory: Laboratory;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "openledger-laboratory-"));
    mkdirSync(join(root, "node_modules"));
    symlinkSync(join(repositoryRoot, "node_modules/solc"), join(root, "node_modules/solc"));
    for (const name of ["solc", "solc.mjs"]) cpSync(join(repositoryRoot, "script", name), join(root, "script", name));
    write(
      CONTRACT,
      "contract Sum { function add(uint256 a, uint256 b) external pure returns (uint256) { return a + b; } }",
    );
  });
  afterEach(() => {
    laboratory?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path.endsWith(".sol") ? `pragma solidity ^0.8.34;\n${content}\n` : content);
  }

  async function open(test: string): Promise<readonly string[]> {
    write("foundry.toml", FOUNDRY);
    write(SUITE, `import {Sum} from "../contracts/Sum.sol";\n${VM}\ncontract SumTest { ${test} }`);
    laboratory = Laboratory.create(root);
    await laboratory.compile(root);
    const { green, files } = await laboratory.check(SUITE);
    expect(green).toBe(true);
    return files;
  }

  it("tells a fault that a suite notices from one that it does not", async () => {
    const files = await open("function test_Sum() external { require(new Sum().add(2, 3) >= 4); }");

    await laboratory.control(fault, files);

    expect(await laboratory.try(fault, files)).toBe("survived");
    expect(await laboratory.try({ ...fault, now: "a - b" }, files)).toBe("killed");
  });

  it("tries nothing with a suite that is red whatever is planted", async () => {
    const files = await open(
      'function test_Once() external { require(!VM.exists("seen")); VM.writeFile("seen", ""); }',
    );

    await expect(laboratory.control(fault, files)).rejects.toThrow(ControlError);
  });
});

const VM = `interface Vm { function exists(string calldata) external returns (bool); function writeFile(string calldata, string calldata) external; }
Vm constant VM = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);`;

const FOUNDRY = `[profile.default]
src = "contracts"
test = "test"
auto_detect_remappings = false
solc = "./script/solc"
offline = true
bytecode_hash = "none"
cbor_metadata = false
fs_permissions = [{ access = "read-write", path = "." }]
`;
