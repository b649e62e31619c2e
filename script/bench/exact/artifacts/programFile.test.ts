import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "@openledger/engine";
import { expect, test } from "vitest";
import { repositoryRoot } from "../../../devnet/repositoryRoot.js";
import { compileModel } from "../engineParts.js";
import { readProgramFile, writeProgramFile } from "./programFile.js";

test.each(["w8a8", "w15a15"] as const)("a program reads back as it was: %s", async (tier) => {
  const folder = mkdtempSync(join(tmpdir(), "openledger-program-"));
  const file = join(folder, "program.bin");
  const program = compileModel(await loadModel(join(repositoryRoot, "engine/fixtures/llama")), { tier });
  writeProgramFile(file, program);
  const read = readProgramFile(file);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 1));

  expect(read).toEqual(program);
  expect(() => readProgramFile(file)).toThrow(expect.objectContaining({ code: "artifact_malformed" }));
  rmSync(folder, { recursive: true });
});
