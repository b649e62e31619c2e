/**
 * Writes the ABIs of the built contracts where they are used: `sdk/src/abi/generated/*.ts` (typed for viem) and
 * `subgraph/abis/*.json`. What it writes is committed; `--check` writes nothing and fails when it would change a file.
 *
 * A project of its own, without a reference to the SDK: it has to run when the SDK no longer compiles.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { collectErrors } from "./collectErrors.js";
import { nameArguments } from "./nameArguments.js";
import { type AbiItem, readAbi } from "./readAbi.js";
import { renderAbi } from "./renderAbi.js";
import { renderIndex } from "./renderIndex.js";

const CONTRACTS = [
  "AgentRegistry",
  "AgentReputation",
  "AttributionOracle",
  "BurnQueue",
  "ContributionRegistry",
  "DatanetRegistry",
  "DatanetValidators",
  "DisputeManager",
  "EmergencyBrake",
  "EpochCourt",
  "GOpen",
  "Genesis",
  "InferenceMarket",
  "Jury",
  "ModelRegistry",
  "OpenGovernor",
  "OpenToken",
  "OpenTokenL2",
  "ReceiptCourt",
  "ReceiptVerifier",
  "RewardDistributor",
  "StakingManager",
  "Treasury",
];
const INDEXED = [
  "AgentRegistry",
  "AgentReputation",
  "AttributionOracle",
  "ContributionRegistry",
  "DatanetRegistry",
  "DatanetValidators",
  "DisputeManager",
  "InferenceMarket",
  "Jury",
  "ModelRegistry",
  "ReceiptCourt",
  "RewardDistributor",
  "StakingManager",
];

/** Code that runs as the contract: its errors are the contract's. */
const PARTS = new Map([["InferenceMarket", ["MarketAccounts", "MarketDues"]]]);

const TYPED = "sdk/src/abi/generated";
const PLAIN = "subgraph/abis";
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, out: { type: "string", default: join(root, "out") } },
});

const abis = new Map(CONTRACTS.map((name) => [name, readWhole(name)]));
const files = generate(abis);
const stale = [...files].filter(([path, text]) => readIfThere(path) !== text).map(([path]) => path);
const left = leftOver(files);

if (values.check) {
  for (const path of [...stale, ...left]) console.error(`stale: ${path}`);
  if (stale.length + left.length > 0) {
    console.error('The ABIs are not those of the contracts. Run "npm run codegen" and commit what it writes.');
    process.exitCode = 1;
  }
} else {
  for (const path of left) rmSync(join(root, path));
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path)!);
    console.log(`wrote ${path}`);
  }
}

/** A contract's ABI with its parts' errors; a function that a part runs has its arguments' names from the interface. */
function readWhole(name: string): readonly AbiItem[] {
  const parts = PARTS.get(name);
  const own = readAbi(values.out, name);
  if (parts === undefined) return own;
  const named = nameArguments(own, readAbi(values.out, `I${name}`));
  const functions = named.filter(({ type }) => type !== "error");
  return [...functions, ...collectErrors([named, ...parts.map((part) => readAbi(values.out, part))])];
}

/** Path below the project's root, to its text. */
function generate(built: ReadonlyMap<string, readonly AbiItem[]>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, abi] of built) texts.set(`${TYPED}/${camel(name)}.ts`, renderAbi(`${camel(name)}Abi`, abi));
  texts.set(`${TYPED}/errors.ts`, renderAbi("errorsAbi", collectErrors([...built.values()])));
  texts.set(`${TYPED}/index.ts`, renderIndex([...CONTRACTS.map(camel), "errors"]));
  for (const name of INDEXED) texts.set(`${PLAIN}/${name}.json`, `${JSON.stringify(built.get(name), null, 2)}\n`);
  return texts;
}

/** Files of an earlier run that no contract has any more. */
function leftOver(kept: ReadonlyMap<string, string>): string[] {
  return [TYPED, PLAIN]
    .flatMap((folder) => listIfThere(folder).map((name) => `${folder}/${name}`))
    .filter((path) => !kept.has(path));
}

function listIfThere(folder: string): string[] {
  try {
    return readdirSync(join(root, folder));
  } catch {
    return [];
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
