/**
 * The text that the base model learns from: documentation, type declarations, readable source and contracts inside
 * the npm packages that this repository's lockfile installs, where the package says MIT or Apache-2.0. The packages
 * that seed the first Datanet are left out, so that what a contributor adds is new to the model.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface CorpusFile {
  readonly package: string;
  readonly path: string;
  readonly text: string;
  readonly split: "train" | "heldOut";
}

/** A package that the corpus is read from: where the lockfile puts it, and which version the base was trained on. */
export interface CorpusSource {
  readonly folder: string;
  readonly version: string;
}

/** The installed packages are not those that the base model was trained on. */
export class CorpusChangedError extends Error {
  readonly code = "corpus_changed";
  readonly retryable = false;
  constructor(folder: string, expected: string, found: string) {
    super(
      `${folder} must be version ${expected}, found ${found}. Run npm ci, or choose the packages anew with --repin.`,
    );
    this.name = "CorpusChangedError";
  }
}

/** What a package gave, as the manifest records it. */
export interface CorpusPackage {
  readonly package: string;
  readonly version: string;
  readonly licence: string;
  readonly bytes: number;
}

export interface Corpus {
  readonly files: readonly CorpusFile[];
  readonly packages: readonly CorpusPackage[];
}

const LICENCES = new Set(["MIT", "Apache-2.0"]);
const PACKAGE_BYTES = 3_000_000;
const FILE_BYTES = { least: 400, most: 150_000 };
/** One file in this many is held out, by the hash of its name. */
const HELD_OUT_ONE_IN = 64;
/** A file is a near-duplicate when more than this part of its lines has been seen. */
const SEEN_LINES = 0.5;

/**
 * Packages that may serve: installed by the lockfile on every platform, of an allowed licence, and not a seed. The
 * list is kept in `packages.json`, so that a new dependency does not change the base model.
 */
export function eligibleSources(root: string): CorpusSource[] {
  const excluded = excludedPackages(root);
  return lockedFolders(root).flatMap((folder) => {
    const described = describePackage(root, folder);
    const allowed = described !== undefined && LICENCES.has(described.licence) && !excluded.has(described.name);
    return allowed ? [{ folder, version: described.version }] : [];
  });
}

/** Reads the corpus; the same packages give the same files in the same order. @throws CorpusChangedError */
export function collectCorpus(root: string, sources: readonly CorpusSource[]): Corpus {
  const seen = new Seen();
  const files: CorpusFile[] = [];
  const packages: CorpusPackage[] = [];
  for (const { folder, version } of sources) {
    const described = describePackage(root, folder);
    if (described?.version !== version) throw new CorpusChangedError(folder, version, described?.version ?? "nothing");
    const { name, licence } = described;
    const taken = takeFiles(join(root, folder), name, seen);
    const bytes = taken.reduce((sum, file) => sum + Buffer.byteLength(file.text), 0);
    if (bytes === 0) continue;
    files.push(...taken);
    packages.push({ package: name, version, licence, bytes });
  }
  return { files, packages };
}

function describePackage(root: string, folder: string): { name: string; version: string; licence: string } | undefined {
  const file = join(root, folder, "package.json");
  if (!existsSync(file)) return undefined;
  const { name, version, license } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  if (typeof name !== "string" || typeof version !== "string" || typeof license !== "string") return undefined;
  return { name, version, licence: license };
}

function excludedPackages(root: string): Set<string> {
  const seeds = JSON.parse(readFileSync(join(root, "script/seed/packages.json"), "utf8")) as { name: string }[];
  // The upgradeable contracts repeat those of the seed package line by line.
  return new Set([...seeds.map((seed) => seed.name), "@openzeppelin/contracts-upgradeable"]);
}

function lockedFolders(root: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { link?: boolean; optional?: boolean }>;
  };
  // Optional packages differ between platforms; leaving them out keeps the corpus the same everywhere.
  return Object.entries(lock.packages)
    .filter(([folder, entry]) => folder.includes("node_modules/") && !entry.link && !entry.optional)
    .map(([folder]) => folder)
    .sort();
}

function takeFiles(folder: string, name: string, seen: Seen): CorpusFile[] {
  const candidates = walk(folder, "")
    .map((path) => ({ path, rank: rankOf(path) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1));
  const taken: CorpusFile[] = [];
  let bytes = 0;
  for (const { path } of candidates) {
    const text = readText(join(folder, path));
    if (text === undefined || bytes + text.length > PACKAGE_BYTES || !seen.isNew(text)) continue;
    bytes += text.length;
    taken.push({ package: name, path, text, split: splitOf(`${name}/${path}`) });
  }
  return taken;
}

/** What is taken first when a package has more than its share; −1 is never taken. */
function rankOf(path: string): number {
  const lower = path.toLowerCase();
  if (
    /(^|\/)(license|licence|notice|copying)|\.min\.|(^|\/)(vendor|fixtures?|locales?|bundle[sd]?|umd)\//.test(lower)
  ) {
    return -1;
  }
  if (/changelog|history|changes/.test(lower)) return lower.endsWith(".md") ? 5 : -1;
  if (lower.endsWith(".md")) return 0;
  if (/\.d\.[mc]?ts$/.test(lower)) return 2;
  if (lower.endsWith(".sol")) return 1;
  if (/\.(ts|tsx|mts)$/.test(lower)) return 1;
  if (/\.(mjs|js|jsx)$/.test(lower)) return 3;
  if (lower.endsWith(".cjs")) return 4;
  return -1;
}

function walk(folder: string, prefix: string): string[] {
  const out: string[] = [];
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) out.push(...walk(folder, path));
    else if (entry.isFile()) out.push(path);
  }
  return out;
}

/** A file's text with unix line ends, or undefined when it is too small, too large, minified, or not plain text. */
function readText(file: string): string | undefined {
  const bytes = readFileSync(file);
  if (bytes.byteLength < FILE_BYTES.least || bytes.byteLength > FILE_BYTES.most) return undefined;
  const text = bytes.toString("utf8").replace(/\r\n?/g, "\n");
  if (text.includes("\ufffd") || text.includes("\u0000") || text.includes("<|endoftext|>")) return undefined;
  const lines = text.split("\n");
  if (text.length / lines.length > 120 || lines.some((line) => line.length > 1_000)) return undefined;
  const foreign = bytes.reduce((count, byte) => count + (byte > 0x7f ? 1 : 0), 0);
  if (foreign > bytes.byteLength * 0.05) return undefined;
  return text.replace(/^\s*\/\/# sourceMappingURL=.*$/gm, "");
}

function splitOf(name: string): "train" | "heldOut" {
  const hash = createHash("sha256").update(name).digest().readUInt32BE(0);
  return hash % HELD_OUT_ONE_IN === 0 ? "heldOut" : "train";
}

/** Remembers texts, to refuse copies and near-copies (the same module built twice, a declaration in two places). */
class Seen {
  private readonly texts = new Set<string>();
  private readonly lines = new Set<string>();

  isNew(text: string): boolean {
    const lines = [...new Set(text.split("\n").map(normalize))].filter((line) => line.length >= 12);
    const digest = createHash("sha256").update(lines.join("\n")).digest("hex");
    if (this.texts.has(digest) || lines.length === 0) return false;
    this.texts.add(digest);
    const known = lines.filter((line) => this.lines.has(line)).length;
    if (known > SEEN_LINES * lines.length) return false;
    for (const line of lines) this.lines.add(line);
    return true;
  }
}

/** A line without what builds change: white space, quotes, semicolons, `const` for `var`. */
function normalize(line: string): string {
  return line.replace(/\b(var|let|const|export|declare|default)\b/g, "").replace(/[\s"'`;,]+/g, "");
}
