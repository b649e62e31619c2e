/**
 * Compiles the modules of `engine/assembly` into the sources that run them. What it writes is committed: a build needs no
 * compiler of AssemblyScript. `--check` writes nothing and fails when it would change a file.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const MODULES = [
  { entry: "engine/assembly/index.ts", target: "engine/src/exact/step/kernelBytes.ts", name: "KERNEL_BYTES" },
  {
    entry: "engine/assembly/suffixes/suffixArray.ts",
    target: "engine/src/attribute/match/suffixBytes.ts",
    name: "SUFFIX_BYTES",
  },
  {
    entry: "engine/assembly/codes/nearCodes.ts",
    target: "engine/src/attribute/segments/codeBytes.ts",
    name: "CODE_MODULE_BYTES",
  },
];
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

for (const { entry, target, name } of MODULES) {
  const text = `/** Written by \`npm run codegen\` from \`engine/assembly\`: WebAssembly in base64. */
export const ${name} =
  "${Buffer.from(compile(entry)).toString("base64")}";
`;
  const path = join(root, target);
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  if (values.check) {
    console.error(
      `stale: ${target}\nIt is not made of engine/assembly. Run "npm run codegen" and commit what it writes.`,
    );
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
    console.log(`wrote ${target}`);
  }
}

/** Kernels trap on nothing that their caller has not checked: no runtime, no assertions, no exceptions. */
function compile(entry: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "openledger-kernels-"));
  const out = join(folder, "kernels.wasm");
  try {
    const compiler = fileURLToPath(import.meta.resolve("assemblyscript/bin/asc.js"));
    const options = [
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--importMemory",
      "--disableWarning",
      "112",
    ];
    const pages = ["--initialMemory", "1", "--maximumMemory", "65536"];
    execFileSync(process.execPath, [compiler, entry, "--outFile", out, ...options, ...pages], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
