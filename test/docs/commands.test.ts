import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
];

/** Each command of `openledger` that a page tells a reader to run, with the options it is given there. */
const told = pages.flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/npm run openledger -- ([a-z]+)([^`\n]*)/g)].map(
    ([, command, rest]) => ({ page, command: command!, options: rest!.match(/--[a-z-]+/g) ?? [] }),
  ),
);

describe("commands in the documentation", () => {
  it("are there to be checked", () => {
    expect(new Set(told.map(({ command }) => command)).size).toBeGreaterThan(4);
  });

  it.each([...new Set(told.map(({ command }) => command))])(
    "of openledger %s exist with their options",
    async (command) => {
      const main = join(root, "cli", "dist", "main.js");
      const { stdout } = await promisify(execFile)(process.execPath, [main, command, "--help"]);

      expect(stdout).toContain(`Usage: openledger ${command} `);
      for (const { page, options } of told.filter((one) => one.command === command)) {
        for (const option of options) expect(stdout, page).toContain(`${option} `);
      }
    },
  );
});
