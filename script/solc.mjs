// The Solidity compiler of the npm package, as forge calls it: `--version`, or standard JSON from stdin to stdout.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const solc = createRequire(import.meta.url)("solc");
const asked = process.argv.slice(2);

if (asked.includes("--version")) {
  print(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (asked.includes("--standard-json")) {
  print(solc.compile(readFileSync(0, "utf8")));
} else {
  console.error(`script/solc knows --version and --standard-json, was asked: ${asked.join(" ")}`);
  process.exitCode = 1;
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
