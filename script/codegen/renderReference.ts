import { docsKey } from "./docsKey.js";
import type { AbiItem, AbiParameter } from "./readAbi.js";
import type { ContractDocs, EntryDocs } from "./readDocs.js";

export interface Reference {
  readonly name: string;
  /** What the contract is for. */
  readonly notice: string;
  /** Where to read on, a line of Markdown. */
  readonly links: string;
  readonly abi: readonly AbiItem[];
  readonly entries: ContractDocs["entries"];
  /** Role by function's name. */
  readonly roles: ReadonlyMap<string, string>;
}

const SECTIONS: readonly (readonly [string, (item: AbiItem) => boolean])[] = [
  ["Deployment", ({ type }) => type === "constructor"],
  ["Functions", (item) => isFunction(item) && !isView(item)],
  ["Views", (item) => isFunction(item) && isView(item)],
  ["Events", ({ type }) => type === "event"],
  ["Errors", ({ type }) => type === "error"],
];

/** A contract's page: what it is called by, what it tells, what it refuses. */
export function renderReference(reference: Reference): string {
  const sections = SECTIONS.flatMap(([title, holds]) => {
    const items = reference.abi.filter(holds);
    return items.length === 0 ? [] : [`## ${title}`, ...items.flatMap((item) => renderItem(item, reference))];
  });
  const head = ['<!-- Generated from the contracts by "npm run codegen". -->', `# ${reference.name}`];
  return `${[...head, reference.notice, reference.links, ...sections].join("\n\n")}\n`;
}

function renderItem(item: AbiItem, { name, entries, roles }: Reference): string[] {
  const docs = entries.get(docsKey(item)) ?? { params: {}, returns: {} };
  const role = isFunction(item) ? roles.get(`${name}.${item.name}`) : undefined;
  const title = item.type === "constructor" ? [] : [`### ${item.name ?? item.type}`];
  const list = renderValues(item, docs);
  return [
    ...title,
    `\`\`\`solidity\n${signatureOf(item)}\n\`\`\``,
    ...(docs.notice === undefined ? [] : [docs.notice]),
    ...(docs.details === undefined ? [] : [docs.details]),
    ...(role === undefined ? [] : [`Only role \`${role}\`.`]),
    ...(list === "" ? [] : [list]),
  ];
}

function renderValues({ inputs = [], outputs = [] }: AbiItem, docs: EntryDocs): string {
  const line = (told: Readonly<Record<string, string>>, prefix: string) => (value: AbiParameter, place: number) => {
    const text = told[value.name || `_${place}`];
    if (text === undefined) return [];
    return [`- ${[prefix, value.name ? `\`${value.name}\`` : ""].filter((word) => word !== "").join(" ")}: ${text}`];
  };
  return [...inputs.flatMap(line(docs.params, "")), ...outputs.flatMap(line(docs.returns, "returns"))].join("\n");
}

function signatureOf(item: AbiItem): string {
  const inputs = `(${item.inputs?.map(declare).join(", ") ?? ""})`;
  if (item.type === "receive") return "receive() external payable";
  if (!isFunction(item)) return `${[item.type, item.name].filter((word) => word !== undefined).join(" ")}${inputs}`;
  const mutability = item.stateMutability === "nonpayable" ? "" : ` ${item.stateMutability}`;
  const outputs = item.outputs?.length ? ` returns (${item.outputs.map(declare).join(", ")})` : "";
  return `function ${item.name}${inputs} external${mutability}${outputs}`;
}

/** Structs, enums and contracts by their own names: `struct IJury.Terms` is `Terms`. */
function declare({ name, type, internalType = type, indexed }: AbiParameter): string {
  const written = internalType.replace(/^(?:struct|enum|contract) (?:\w+\.)?/, "");
  return [written, indexed ? "indexed" : "", name ?? ""].filter((word) => word !== "").join(" ");
}

function isFunction({ type }: AbiItem): boolean {
  return type === "function" || type === "receive";
}

function isView({ stateMutability }: AbiItem): boolean {
  return stateMutability === "view" || stateMutability === "pure";
}
