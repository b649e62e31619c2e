import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRuntime } from "@openledger/engine";
import { canonicalJson } from "@openledger/sdk";

/** Names the exact program that a base's files compile to in its manifest. */
export async function nameProgram(modelDir: string): Promise<void> {
  const file = join(modelDir, "manifest.json");
  const { program: _, ...manifest } = JSON.parse(readFileSync(file, "utf8"));
  // A program that is named already is not the one to be opened.
  writeFileSync(file, `${canonicalJson(manifest)}\n`);
  const runtime = await openRuntime({ modelDir });
  try {
    const { tier, arithmetic, programId: id } = runtime;
    const program = { tier, arithmetic, id };
    writeFileSync(file, `${canonicalJson({ ...manifest, program })}\n`);
  } finally {
    await runtime.close();
  }
}
