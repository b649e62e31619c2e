#!/usr/bin/env node
import { OpenLedgerError } from "@openledger/sdk";
import { readConfig } from "./config.js";
import { createProgram } from "./program.js";

const program = createProgram(readConfig(), {
  write: (text) => process.stdout.write(text),
  fail: () => {
    process.exitCode = 1;
  },
});

try {
  await program.parseAsync();
} catch (error) {
  const known = error instanceof OpenLedgerError;
  process.stderr.write(
    known ? `${error.code}: ${error.message}\n` : `${error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = 1;
}
