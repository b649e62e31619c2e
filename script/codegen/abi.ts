/**
 * Writes the ABIs of the built contracts where they are used: `sdk/src/abi/generated/*.ts` (typed for viem) and
 * `subgraph/abis/*.json`. What it writes is committed; `--check` writes nothing and fails when it would change a file.
 *
 * A project of its own, without a reference to the SDK: it has to run when the SDK no longer compiles.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { collectErrors } from "./collectErrors.js";
import { CONTRACTS } from "./contracts.js";
import { publish } from "./publish.js";
import type { AbiItem } from "./readAbi.js";
import { readWhole } from "./readWhole.js";
import { renderAbi } from "./renderAbi.js";
import { renderIndex } from "./renderIndex.js";

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

const TYPED = "sdk/src/abi/generated";
const PLAIN = "subgraph/abis";
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, out: { type: "string", default: join(root, "out") } },
});

const abis = new Map(CONTRACTS.map((name) => [name, readWhole(values.out, name)] as const));
const changed = publish(root, { folders: [TYPED, PLAIN], files: generate(abis) }, values.check ? "check" : "write");

for (const path of changed) console.log(values.check ? `stale: ${path}` : `wrote ${path}`);
if (values.check && changed.length > 0) {
  console.error('The ABIs are not those of the contracts. Run "npm run codegen" and commit what it writes.');
  process.exitCode = 1;
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

function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
