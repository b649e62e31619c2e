import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "@openledger/engine";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../../devnet/repositoryRoot.js";
import { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { writeProgramFile } from "../artifacts/programFile.js";
import { isTier } from "../contest/contestants.js";
import { compileModel } from "../engineParts.js";
import { Contest } from "./Contest.js";

/** Holds a small exact program, and nothing for other contestants. */
let folder: ArtifactFolder;
beforeAll(async () => {
  folder = new ArtifactFolder(mkdtempSync(join(tmpdir(), "openledger-contest-")));
  const model = await loadModel(join(repositoryRoot, "engine/fixtures/llama"));
  writeFileSync(folder.architecture, JSON.stringify(model.architecture));
  writeProgramFile(folder.program("w8a8"), compileModel(model, { tier: "w8a8" }));
});
afterAll(() => {
  rmSync(folder.path, { recursive: true });
});

test("contestants take turns, and a peer that fails leaves with a message", async () => {
  const lines: string[] = [];
  const contest = new Contest(folder, ["w8a8", "llamacpp"], 1, (line) => lines.push(line));
  try {
    await contest.each({ call: "open", sequences: 2, length: 5 });
    const [steps, audits, none] = await contest.rounds(3, [
      { call: { call: "generate", count: 2 } },
      { call: { call: "audit", prompt: 4, answer: 8 }, takesPart: isTier },
      { call: { call: "prefill", length: 8 }, takesPart: () => false },
    ]);

    expect([...steps!.keys()]).toEqual(["w8a8"]);
    expect(steps!.get("w8a8")).toHaveLength(3);
    expect(audits!.get("w8a8")!.every((ms) => ms > 0)).toBe(true);
    expect(none!.size).toBe(0);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("goes on without llama.cpp");
  } finally {
    await contest.stop();
  }
});

test("a contestant of this project that fails ends the bench, with its reason", async () => {
  const contest = new Contest(folder, ["fp32"], 1, () => {});
  try {
    await expect(contest.each({ call: "prefill", length: 8 })).rejects.toMatchObject({
      code: "contestant_failed",
      message: expect.stringContaining("embedding.f32"),
    });
  } finally {
    await contest.stop();
  }
});
