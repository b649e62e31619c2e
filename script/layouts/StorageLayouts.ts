import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type StorageLayout,
  silenceWarnings,
  UpgradeableContract,
  type ValidationOptions,
} from "@openzeppelin/upgrades-core";
import { findBinary } from "../devnet/binaries.js";

/** Constructors set immutables and disable initialisers, nothing else. */
export const upgradeOptions: ValidationOptions = {
  kind: "uups",
  unsafeAllow: ["constructor", "state-variable-immutable"],
};

interface BuildInfo {
  readonly input: ConstructorParameters<typeof UpgradeableContract>[1];
  readonly output: ConstructorParameters<typeof UpgradeableContract>[2];
  readonly solcVersion: string;
}

/**
 * Compiles a project's contracts into an empty folder, so that all are described anew. Their code is not what is deployed: storage
 * is laid out the same without the optimizer, which takes most of the time.
 *
 * @throws Error when they do not compile
 */
export function describeBuild(project: string, folder: string): void {
  const places = ["--out", join(folder, "out"), "--cache-path", join(folder, "cache")];
  const asked = ["--build-info", "--build-info-path", infoOf(folder), "--extra-output", "storageLayout", "--ast"];
  const args = ["build", "contracts", "--optimize=false", ...asked, ...places];
  execFileSync(findBinary("forge"), args, { cwd: project, stdio: "pipe" });
}

/** Where `describeBuild` leaves the compiler's own description: what OpenZeppelin's validator is given. */
export function infoOf(folder: string): string {
  return join(folder, "info");
}

/**
 * The storage layout of each upgradeable contract of a described build, by its name, as OpenZeppelin's validator reads it.
 *
 * A contract is upgradeable when it can be called to upgrade itself. Lines of source files are left out: they move.
 */
export function readLayouts(folder: string): ReadonlyMap<string, StorageLayout> {
  const [file] = readdirSync(infoOf(folder));
  return layoutsOf(JSON.parse(readFileSync(join(infoOf(folder), file!), "utf8")) as BuildInfo);
}

function layoutsOf({ input, output, solcVersion }: BuildInfo): ReadonlyMap<string, StorageLayout> {
  silenceWarnings();
  showNamespacesOfLibraries(output);
  const layouts = new Map<string, StorageLayout>();
  for (const [file, contracts] of Object.entries(output.contracts)) {
    for (const [name, contract] of Object.entries(contracts)) {
      const methods = Object.keys(contract.evm.methodIdentifiers ?? {});
      const isDeployed = contract.evm.bytecode.object !== "";
      if (!file.startsWith("contracts/") || !isDeployed || !methods.includes("upgradeToAndCall(address,bytes)"))
        continue;
      const { layout } = new UpgradeableContract(`${file}:${name}`, input, output, upgradeOptions, solcVersion);
      layouts.set(name, stable(layout, file));
    }
  }
  return layouts;
}

/**
 * Shows each contract the namespaces that libraries declare for it: one of a library belongs to the contract it is named
 * after. The validator looks for annotated structs in a contract and its bases only; the compiler's own tree of the struct
 * is what it then reads, so the order and the types of the fields, and with them their places, are those of the code.
 */
function showNamespacesOfLibraries(output: BuildInfo["output"]): void {
  const definitions = Object.values(output.sources)
    .flatMap(({ ast }) => ast.nodes)
    .filter((node) => node.nodeType === "ContractDefinition");
  for (const library of definitions.filter((definition) => definition.contractKind === "library")) {
    for (const struct of library.nodes.filter((node) => node.nodeType === "StructDefinition")) {
      const [, name] =
        /@custom:storage-location erc7201:openledger\.storage\.(\w+)/.exec(struct.documentation?.text ?? "") ?? [];
      if (name === undefined) continue;
      const [owner, ...others] = definitions.filter((definition) => definition.name === name);
      if (owner === undefined || others.length > 0)
        throw new Error(`No one contract is named ${name}: ${library.name}`);
      owner.nodes.push(struct);
    }
  }
}

/** The layout without what other code moves: lines, and the numbers of nodes in names of types such as `t_struct(Pool)7031`. */
function stable(layout: StorageLayout, file: string): StorageLayout {
  const text = JSON.stringify(layout, (key, value) => (key === "src" ? file : value));
  const named = JSON.parse(
    text.replace(/(t_(?:struct|enum|contract|userDefinedValueType)\([^()]*\))\d+/g, "$1"),
  ) as StorageLayout;
  if (Object.keys(named.types).length !== Object.keys(layout.types).length) {
    throw new Error(
      `Two types of ${file}'s storage have one name: rename one, so that the layout can be written down.`,
    );
  }
  return named;
}
