/**
 * Compiles the kernels of `engine/assembly` to `engine/src/exact/step/kernelBytes.ts`. What it writes is committed: a build
 * needs no compiler of AssemblyScript. `--check` writes nothing and fails when it would change the file.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const target = "engine/src/exact/step/kernelBytes.ts";
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const text = `/** Written by \`npm run codegen\` from \`engine/assembly\`: WebAssembly in base64. */
export const KERNEL_BYTES =
  "${Buffer.from(compile()).toString("base64")}";
`;
if (readFileSync(join(root, target), "utf8") !== text) {
  if (values.check) {
    console.error(
      `stale: ${target}\nIt is not made of engine/assembly. Run "npm run codegen" and commit what it writes.`,
    );
    process.exitCode = 1;
  } else {
    writeFileSync(join(root, target), text);
    console.log(`wrote ${target}`);
  }
}

/** Kernels trap on nothing that their caller has not checked: no runtime, no assertions, no exceptions. */
function compile(): Uint8Array {
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
    execFileSync(process.execPath, [compiler, "engine/assembly/index.ts", "--outFile", out, ...options, ...pages], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
