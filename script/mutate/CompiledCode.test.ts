import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CompiledCode } from "./CompiledCode.js";

/** A source with one contract: what it imports, its creation code and its source map, in ids of the list below. */
interface Source {
  readonly imports?: readonly string[];
  readonly creation: string;
  readonly sourceMap: string;
}

const MARKET = "contracts/Market.sol";
const LIB = "contracts/Lib.sol";

describe("CompiledCode", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openledger-code-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function build(sources: Readonly<Record<string, Source>>): CompiledCode {
    const names = Object.keys(sources);
    write("out/build-info/b1.json", { source_id_to_path: Object.fromEntries(names.entries()) });
    const files = names.map((name, id) => {
      const { imports = [], creation, sourceMap } = sources[name] as Source;
      const bytecode = { object: `0x${creation}`, sourceMap };
      write(`out/${id}.json`, { bytecode, deployedBytecode: { object: "0x" } });
      return [name, { imports, artifacts: { C: { "0.8": { default: { path: `${id}.json`, build_id: "b1" } } } } }];
    });
    write("cache/solidity-files-cache.json", { files: Object.fromEntries(files) });
    return CompiledCode.read(folder);
  }

  function write(path: string, content: unknown): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  }

  it("names a suite that has a library's code inlined, not one that only imports it", () => {
    const code = build({
      [LIB]: { creation: "11", sourceMap: "0:9:0:-:0" },
      "test/a.t.sol": { imports: [LIB], creation: "22", sourceMap: "0:9:1:-:0;3;;:4:0;5:1:-1" },
      "test/b.t.sol": { imports: [LIB], creation: "33", sourceMap: "0:9:2:-:0;:2" },
    });

    expect(code.carriers(LIB, ["test/a.t.sol", "test/b.t.sol"])).toEqual(["test/a.t.sol"]);
    expect(code.carriers(LIB, ["test/b.t.sol"])).toEqual([]);
  });

  it("names what creates a contract that carries the file", () => {
    const code = build({
      [LIB]: { creation: "", sourceMap: "" },
      [MARKET]: { imports: [LIB], creation: "aabb", sourceMap: "0:9:1:-:0;1:2:0" },
      "test/factory.sol": { imports: [MARKET], creation: "22aabb22", sourceMap: "0:9:2:-:0" },
      "test/a.t.sol": { imports: ["test/factory.sol"], creation: "33", sourceMap: "0:9:3:-:0" },
    });

    expect(code.carriers(LIB, ["test/a.t.sol"])).toEqual(["test/factory.sol"]);
  });

  it("leaves out what the suites do not need", () => {
    const code = build({
      [LIB]: { creation: "11", sourceMap: "0:9:0:-:0" },
      "test/a.t.sol": { imports: [LIB], creation: "22", sourceMap: "0:9:0:-:0" },
      "test/b.t.sol": { creation: "33", sourceMap: "0:9:2:-:0" },
    });

    expect(code.carriers(LIB, ["test/b.t.sol"])).toEqual([]);
  });
});
