import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "./devnet/repositoryRoot.js";

const forge = (...args: string[]) => spawnSync(process.execPath, [join(repositoryRoot, "script/forge.mjs"), ...args]);

test("forge's failure is the script's failure", () => {
  expect(forge("--version").status).toBe(0);
  expect(forge("no-such-command").status).not.toBe(0);
});
