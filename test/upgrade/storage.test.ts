import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBinary, readLayouts, upgradeOptions } from "@openledger/script";
import upgrades, { type StorageLayout } from "@openzeppelin/upgrades-core";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "openledger-upgrade-"));
upgrades.silenceWarnings();

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** A project of the contracts alone, so that a changed one never reaches the checkout. */
function copyContracts(name: string): string {
  const project = join(work, name);
  mkdirSync(join(project, "script"), { recursive: true });
  cpSync(join(root, "contracts"), join(project, "contracts"), { recursive: true });
  cpSync(join(root, "foundry.toml"), join(project, "foundry.toml"));
  for (const file of ["solc", "solc.mjs"]) cpSync(join(root, "script", file), join(project, "script", file));
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  return project;
}

/** The folder of the compiler's own description of a full build; its name is what references call it by. */
function buildInfo(project: string, name: string, folder: string): string {
  const info = join(work, name);
  execFileSync(
    findBinary("forge"),
    ["build", folder, "--build-info", "--build-info-path", info, "--extra-output", "storageLayout", "--ast"],
    { cwd: project, stdio: "pipe" },
  );
  return info;
}

describe("upgradeable contracts", () => {
  it("have a storage that upgrades can keep", { timeout: 240_000 }, async () => {
    const info = buildInfo(copyContracts("all"), "all-info", "contracts");

    const report = await upgrades.validateUpgradeSafety(info, undefined, undefined, upgradeOptions);

    expect(report.upgradeableContractReports.map((contract) => contract.contract.split(":")[1]).sort()).toEqual([
      "AgentRegistry",
      "AgentReputation",
      "AttributionOracle",
      "ContributionRegistry",
      "DatanetRegistry",
      "DatanetValidators",
      "DisputeManager",
      "InferenceMarket",
      "ModelRegistry",
      "StakingManager",
    ]);
    expect(report.ok, report.explain(false)).toBe(true);
  });

  it("keep the storage that is written down", { timeout: 240_000 }, () => {
    const folder = join(root, "contracts/layouts");
    const layouts = readLayouts(root);

    expect([...layouts.keys()].sort().map((name) => `${name}.json`)).toEqual(readdirSync(folder).sort());
    for (const [name, layout] of layouts) {
      const written = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as StorageLayout;
      expect(upgrades.getStorageUpgradeErrors(written, layout, upgradeOptions), name).toEqual([]);
      // what the validator does not see it cannot compare
      expect(Object.keys(layout.namespaces ?? {}), name).toContain(`erc7201:openledger.storage.${name}`);
      // an addition is right, and written down with it: npm run layouts
      expect(layout, name).toEqual(written);
    }
  });

  it("are refused when an upgrade moves a namespace's fields", { timeout: 240_000 }, async () => {
    const now = buildInfo(copyContracts("now"), "now-info", "contracts/staking");
    const project = copyContracts("moved");
    const path = join(project, "contracts/staking/StakingStorage.sol");
    const source = readFileSync(path, "utf8");
    const moved = source
      .replace("uint64 upgradesFrozenAt;", "uint64 inserted; uint64 upgradesFrozenAt;")
      .replace("uint96 ownThawing;", "uint64 insertedInPool; uint96 ownThawing;");
    expect(moved.length - source.length).toBe("uint64 inserted; uint64 insertedInPool; ".length);
    writeFileSync(path, moved);
    const next = buildInfo(project, "next-info", "contracts/staking");

    const report = await upgrades.validateUpgradeSafety(
      next,
      "contracts/staking/StakingManager.sol:StakingManager",
      "now-info:contracts/staking/StakingManager.sol:StakingManager",
      upgradeOptions,
      [now],
    );

    expect(report.ok).toBe(false);
    expect(report.explain(false)).toContain("inserted");
    expect(report.explain(false)).toContain("insertedInPool");
  });
});
