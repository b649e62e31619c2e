// The Solidity compiler of the npm package, as forge calls it: `--version`, or standard JSON from stdin to stdout.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const compiler = createRequire(import.meta.url)("solc/soljson.js");
const asked = process.argv.slice(2);

if (asked.includes("--version")) {
  print(
    `solc, the solidity compiler commandline interface\nVersion: ${compiler.UTF8ToString(compiler._solidity_version())}\n`,
  );
} else if (asked.includes("--standard-json")) {
  print(compile(readFileSync(0, "utf8")));
} else {
  console.error(`script/solc knows --version and --standard-json, was asked: ${asked.join(" ")}`);
  process.exitCode = 1;
}

/**
 * In memory that the compiler gives for it: the package's own `compile` puts four bytes a character on the stack of
 * WebAssembly, which ends at a few megabytes of sources.
 */
function compile(input) {
  const size = compiler.lengthBytesUTF8(input) + 1;
  const place = compiler._solidity_alloc(size);
  compiler.stringToUTF8(input, place, size);
  // forge gives every source: there is nothing to call back for
  return compiler.UTF8ToString(compiler._solidity_compile(place, 0, 0));
}

/** A pipe takes 64 KiB at a time: written whole before the process ends. */
function print(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}
