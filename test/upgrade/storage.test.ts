import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeBuild, infoOf, readLayouts, upgradeOptions } from "@openledger/script";
import upgrades, { type StorageLayout } from "@openzeppelin/upgrades-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "openledger-upgrade-"));
upgrades.silenceWarnings();

afterAll(() => rmSync(work, { recursive: true, force: true }));

const layoutsFolder = join(root, "contracts/layouts");

function writtenLayout(name: string): StorageLayout {
  return JSON.parse(readFileSync(join(layoutsFolder, `${name}.json`), "utf8")) as StorageLayout;
}

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

describe("upgradeable contracts", () => {
  const build = join(work, "build");
  beforeAll(() => {
    describeBuild(root, build);
    // nothing is to be done where all is built already
    execFileSync(process.execPath, [join(root, "script/forge.mjs"), "build", "contracts"], { cwd: root });
  }, 600_000);

  it("are no larger than a chain takes, as are all others", () => {
    // those that are deployed: the described ones are not optimised
    const artifacts = readdirSync(join(root, "out"), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.sol\/\w+\.json$/.test(name))
      .map((name) => ({ name, ...JSON.parse(readFileSync(join(root, "out", name), "utf8")) }));
    const own = artifacts.filter(({ metadata }) =>
      Object.keys(metadata?.settings.compilationTarget ?? {}).some((path) => path.startsWith("contracts/")),
    );
    const sizes = own.map(({ name, deployedBytecode }) => ({
      name,
      bytes: (deployedBytecode.object.length - 2) / 2,
    }));

    expect(sizes.length).toBeGreaterThan(50);
    // EIP-170
    expect(sizes.filter(({ bytes }) => bytes > 24_576)).toEqual([]);
  });

  it("have a storage that upgrades can keep", async () => {
    const report = await upgrades.validateUpgradeSafety(infoOf(build), undefined, undefined, upgradeOptions);

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
    const layouts = readLayouts(build);

    expect([...layouts.keys()].sort().map((name) => `${name}.json`)).toEqual(readdirSync(layoutsFolder).sort());
    for (const [name, layout] of layouts) {
      const written = writtenLayout(name);
      expect(upgrades.getStorageUpgradeErrors(written, layout, upgradeOptions), name).toEqual([]);
      // what the validator does not see it cannot compare
      expect(Object.keys(layout.namespaces ?? {}), name).toContain(`erc7201:openledger.storage.${name}`);
      // an addition is right, and written down with it: npm run layouts
      expect(layout, name).toEqual(written);
    }
  });

  it("are refused when a field moves", { timeout: 600_000 }, () => {
    const project = copyContracts("moved");
    const moved = (path: string, change: (source: string) => string) =>
      writeFileSync(join(project, path), change(readFileSync(join(project, path), "utf8")));
    const namespace = /(@custom:storage-location erc7201:\S+\s+struct \w+ \{)/;
    for (const path of readdirSync(join(project, "contracts"), { recursive: true, encoding: "utf8" })) {
      if (path.endsWith(".sol"))
        moved(`contracts/${path}`, (source) => source.replace(namespace, "$1 uint64 inserted;"));
    }
    // behind a mapping, where appending would be right
    moved("contracts/staking/StakingStorage.sol", (source) =>
      source.replace("uint96 lead;", "uint64 within; uint96 lead;"),
    );

    const movedBuild = join(work, "moved-build");
    describeBuild(project, movedBuild);
    const layouts = readLayouts(movedBuild);

    expect(layouts.size).toBe(10);
    for (const [name, layout] of layouts) {
      const errors = upgrades.getStorageUpgradeErrors(writtenLayout(name), layout, upgradeOptions);
      expect(JSON.stringify(errors), name).toContain("inserted");
      if (name === "StakingManager") expect(JSON.stringify(errors)).toContain("within");
    }
  });

  it("may be given fields at the end", () => {
    const written = writtenLayout("AttributionOracle");
    const namespace = "erc7201:openledger.storage.AttributionOracle";
    const fields = written.namespaces![namespace]!;
    const [first, ...others] = fields;
    const added = { ...first!, label: "added" };
    const next = (changed: typeof fields) => ({
      ...written,
      namespaces: { ...written.namespaces, [namespace]: changed },
    });

    expect(upgrades.getStorageUpgradeErrors(written, next([...fields, added]), upgradeOptions)).toEqual([]);
    expect(upgrades.getStorageUpgradeErrors(written, next(others), upgradeOptions)).not.toEqual([]);
  });
});
