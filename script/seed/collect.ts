import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { CHUNKER_VERSION, type ChunkLimits, chunkText } from "./chunk.js";
import { type AllowedLicence, requireAllowedLicence } from "./licences.js";

/** One npm package that takes part in the first Datanet as a contributor. */
export interface SeedPackage {
  readonly name: string;
  readonly subject: string;
  /** Folder inside the package whose files are read. */
  readonly folder: string;
  readonly extensions: readonly string[];
}

export interface SeedRecord {
  /** Path inside the package and the piece's number in that file, `docs/Guides/Testing.md#3`. */
  readonly path: string;
  readonly text: string;
}

/** What one package brings: the records it contributes, and pieces of the same text that are kept from training. */
export interface SeedContribution {
  readonly name: string;
  readonly version: string;
  readonly subject: string;
  readonly licence: AllowedLicence;
  readonly chunker: string;
  readonly records: readonly SeedRecord[];
  readonly heldOut: readonly SeedRecord[];
}

export interface CollectOptions {
  readonly limits: ChunkLimits;
  readonly recordsPerPackage: number;
  readonly heldOutPerPackage: number;
  readonly countTokens: (piece: string) => number;
}

/** A package has too little text for the pieces asked of it. */
export class SeedTooSmallError extends Error {
  readonly code = "seed_too_small";
  readonly retryable = false;
  constructor(name: string, asked: number, found: number) {
    super(`Package ${name} was asked for ${asked} pieces of text and has ${found}. Ask for fewer or choose another.`);
    this.name = "SeedTooSmallError";
  }
}

/** A seed package is not installed. */
export class SeedMissingError extends Error {
  readonly code = "seed_missing";
  readonly retryable = false;
  constructor(name: string) {
    super(`Package ${name} of the first Datanet was looked for in node_modules and is not there. Run npm ci.`);
    this.name = "SeedMissingError";
  }
}

/** Most pieces taken from one file, so that one long file does not stand for a whole package. */
const MAX_PIECES_PER_FILE = 16;

/**
 * Reads a package as npm installed it and cuts its text into records and held-out pieces, spread evenly over its files.
 *
 * Deterministic in the package's version and the options. Pieces that occur twice are taken once.
 * @throws LicenceNotAllowedError, SeedTooSmallError
 */
export async function collectSeed(seed: SeedPackage, options: CollectOptions): Promise<SeedContribution> {
  const root = packageRoot(seed.name);
  const { version, license } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const licence = requireAllowedLicence(seed.name, license);

  const seen = new Set<string>();
  const pieces: SeedRecord[] = [];
  for (const file of await textFiles(join(root, seed.folder), seed.extensions)) {
    const chunks = chunkText(await readFile(file, "utf8"), options.limits, options.countTokens);
    const path = relative(root, file).split(sep).join("/");
    const limit = seed.extensions.includes(".md") ? chunks.length : MAX_PIECES_PER_FILE;
    for (const [i, text] of chunks.slice(0, limit).entries()) {
      if (seen.has(text)) continue;
      seen.add(text);
      pieces.push({ path: `${path}#${i}`, text });
    }
  }

  const asked = options.recordsPerPackage + options.heldOutPerPackage;
  if (pieces.length < asked) throw new SeedTooSmallError(seed.name, asked, pieces.length);
  const chosen = spread(pieces, asked);
  const heldOut = new Set(spread(chosen, options.heldOutPerPackage));
  return {
    name: seed.name,
    version,
    subject: seed.subject,
    licence,
    chunker: CHUNKER_VERSION,
    records: chosen.filter((piece) => !heldOut.has(piece)),
    heldOut: [...heldOut],
  };
}

/** `count` items at even distances, in order. */
function spread<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[Math.floor(((2 * i + 1) * items.length) / (2 * count))]!);
}

/** Not `require.resolve`: a package's `exports` may hide its own `package.json`. */
function packageRoot(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const root = folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, "package.json")));
  if (root === undefined) throw new SeedMissingError(name);
  return root;
}

async function textFiles(folder: string, extensions: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !/[\\/](mocks|node_modules|vendor)[\\/]/.test(path.slice(folder.length)))
    .sort();
}
