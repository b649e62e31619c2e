/**
 * Writes the reference of the built contracts, one page each: `docs/contracts/reference/*.md`. What it writes is committed;
 * `--check` writes nothing and fails when it would change a file. Either fails when an interface leaves something untold.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CONTRACTS, PARTS } from "./contracts.js";
import { findGaps } from "./findGaps.js";
import { mergeDocs } from "./mergeDocs.js";
import { nameArguments } from "./nameArguments.js";
import { publish } from "./publish.js";
import { readAbi } from "./readAbi.js";
import { readDocs } from "./readDocs.js";
import { readRoles } from "./readRoles.js";
import { readWhole } from "./readWhole.js";
import { renderReference } from "./renderReference.js";

const FOLDER = "docs/contracts/reference";
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, out: { type: "string", default: join(root, "out") } },
});
const overview = readFileSync(join(root, "docs/contracts/README.md"), "utf8");
const roles = readRoles(
  readFileSync(join(root, "script/ProtocolRoles.sol"), "utf8"),
  ["Deployment", "CourtsDeployer"].map((name) => readFileSync(join(root, `script/${name}.sol`), "utf8")).join("\n"),
);

const pages = CONTRACTS.map((name) => describe(name));
const gaps = pages.flatMap(({ name, untold }) => untold.map((gap) => `${name}: ${gap}`));
const files = new Map(pages.map(({ name, text }) => [`${FOLDER}/${name}.md`, text]));
const changed = publish(root, { folders: [FOLDER], files }, values.check ? "check" : "write");

for (const gap of gaps) console.error(gap);
for (const path of changed) console.log(values.check ? `stale: ${path}` : `wrote ${path}`);
if (values.check && changed.length > 0) {
  console.error('The reference is not that of the contracts. Run "npm run codegen" and commit what it writes.');
}
if (gaps.length > 0 || (values.check && changed.length > 0)) process.exitCode = 1;

function describe(name: string) {
  const source = `contracts/interfaces/I${name}.sol`;
  const interfaces = existsSync(join(root, source)) ? [`I${name}`] : [];
  const declared = interfaces.flatMap((one) => readAbi(values.out, one));
  const own = readDocs(values.out, name);
  const others = [...interfaces, ...(PARTS.get(name) ?? [])].map((one) => readDocs(values.out, one));
  const entries = mergeDocs([...others, own]);
  const specification = interfaces.map((one) => `Specification: [\`${one}\`](../../../${source}).`);
  const text = renderReference({
    name,
    notice: own.notice!,
    links: [`How it goes: ${pageOf(name)}.`, ...specification].join(" "),
    abi: nameArguments(readWhole(values.out, name), declared),
    entries,
    roles,
  });
  // OpenZeppelin's own interface of ERC-165 has no notice
  const ours = declared.filter((item) => item.name !== "supportsInterface");
  return { name, text, untold: findGaps(ours, entries) };
}

/** The page that explains a contract, as the overview of contracts links it. */
function pageOf(name: string): string {
  const row = overview.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
  const [, title, path] = /\[([^\]]+)\]\((\w+\.md(?:#[\w-]+)?)\)/.exec(row) ?? [];
  if (path === undefined) throw new Error(`docs/contracts/README.md has no row for ${name} with a page.`);
  return `[${title}](../${path})`;
}
