import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { repositoryRoot } from "../devnet/repositoryRoot.js";

const run = promisify(execFile);
const guide = await readFile(join(repositoryRoot, "docs", "models.md"), "utf8");

test("the guide's check names a folder that agrees", async () => {
  const folder = /npm run model:check -- (\S+)/.exec(guide)![1]!;

  const { stdout } = await run(process.execPath, ["script/dist/model/check.js", folder], { cwd: repositoryRoot });

  expect(stdout).toMatch(/20 agree, 0 differ, 0 absent\n$/);
});

test("the guide's program trains an adapter, writes it and reads it back", async () => {
  const out = await mkdtemp(join(tmpdir(), "adapter-"));
  const program = /```js\n(.*?)```/s.exec(guide)![1]!.replaceAll("my-adapter", out);
  // Inside the repository, where the package it imports is found.
  const folder = join(repositoryRoot, "script", "dist", "guides");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `models-${process.pid}.mjs`);
  await writeFile(file, program);

  const { stdout } = await run(process.execPath, [file], { cwd: repositoryRoot });

  const [, before, after] = /loss (\S+) -> (\S+)/.exec(stdout)!;
  expect(Number(after)).toBeLessThan(Number(before));
  expect(stdout).toMatch(/adapted: ./);
  expect(existsSync(join(out, "adapter_model.safetensors"))).toBe(true);
  await rm(out, { recursive: true });
  await rm(file);
});
