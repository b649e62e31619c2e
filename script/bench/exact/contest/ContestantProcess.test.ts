import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileModel, loadModel } from "@openledger/engine";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../../devnet/repositoryRoot.js";
import { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { writeExact } from "../artifacts/writeArtifacts.js";
import { ContestantProcess } from "./ContestantProcess.js";

/** Holds a small exact program, and nothing for other contestants. */
let folder: ArtifactFolder;
beforeAll(async () => {
  folder = new ArtifactFolder(mkdtempSync(join(tmpdir(), "openledger-contest-")));
  const model = await loadModel(join(repositoryRoot, "engine/fixtures/llama"));
  writeFileSync(folder.architecture, JSON.stringify(model.architecture));
  await writeExact(folder, compileModel(model, { tier: "w8a8" }));
});
afterAll(() => {
  rmSync(folder.path, { recursive: true });
});

test("a contestant works in its own process and tells time and memory", async () => {
  const contestant = ContestantProcess.start(folder, "w8a8", 1);
  try {
    await contestant.call({ call: "open", sequences: 2, length: 5 });
    const { ms, peakMb } = await contestant.call({ call: "generate", count: 3 });

    expect(ms).toBeGreaterThan(0);
    // A Node process with onnxruntime, and not this one.
    expect(peakMb).toBeGreaterThan(50);
    await contestant.call({ call: "prefill", length: 20 });
    await contestant.call({ call: "audit", prompt: 4, answer: 8 });
    await contestant.call({ call: "open", sequences: 1, length: 9 });
    await contestant.call({ call: "generate", count: 4 });
  } finally {
    await contestant.stop();
  }
});

test("one that cannot load says why, and one that ended is noticed", async () => {
  const contestant = ContestantProcess.start(folder, "fp32", 1);

  await expect(contestant.call({ call: "prefill", length: 8 })).rejects.toMatchObject({
    code: "contestant_failed",
    message: expect.stringContaining("embedding.f32"),
  });
  const pending = contestant.call({ call: "prefill", length: 8 }).catch((error: unknown) => error);
  await contestant.stop();
  expect(await pending).toMatchObject({ code: "contestant_failed" });
});
