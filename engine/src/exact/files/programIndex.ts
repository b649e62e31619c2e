import { canonicalJsonBytes } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import { DocumentNode } from "../document/DocumentNode.js";

/**
 * What the folder of a program holds: the document, and each plane of each table as one file. Canonical JSON:
 * `{ format, program, document: { hash, bytes }, planes: { name: { hash, bytes, root } } }`.
 *
 * The document is `program.json`; a plane's file is named by its content hash, 64 hex digits, and no file by anything that
 * the index says otherwise.
 */
export interface ProgramIndex {
  /** The program's id. */
  readonly program: Hex;
  readonly document: ContentFile;
  readonly planes: ReadonlyMap<string, PlaneFile>;
}

export interface ContentFile {
  /** sdk's `contentHash`: SHA-256. */
  readonly hash: Hex;
  readonly bytes: number;
}

export interface PlaneFile extends ContentFile {
  readonly root: Hex;
}

export const INDEX_FILE = "index.json";
export const DOCUMENT_FILE = "program.json";

/** An index is read whole: a program of 200 layers takes 1 MiB. */
export const MOST_INDEX_BYTES = 16 * 2 ** 20;

const FORMAT = "openledger.exact.files/1";

/** Name of a plane's file. */
export function planeFileName({ hash }: ContentFile): string {
  return hash.slice(2);
}

export function encodeProgramIndex({ program, document, planes }: ProgramIndex): Uint8Array {
  const files = Object.fromEntries([...planes].map(([name, { hash, bytes, root }]) => [name, { hash, bytes, root }]));
  return canonicalJsonBytes({
    format: FORMAT,
    program,
    document: { hash: document.hash, bytes: document.bytes },
    planes: files,
  });
}

/** @throws ExactError `program_malformed` naming the member. */
export function readProgramIndex(bytes: Uint8Array): ProgramIndex {
  const node = DocumentNode.parse("Program index", bytes, MOST_INDEX_BYTES);
  const top = node.members(["format", "program", "document", "planes"]);
  top.format.oneOf([FORMAT]);
  const document = top.document.members(["hash", "bytes"]);
  const planes = top.planes.named().map(([name, plane]) => {
    const { hash, bytes, root } = plane.members(["hash", "bytes", "root"]);
    return [name, { hash: hash.word(), bytes: byteCount(bytes), root: root.word() }] as const;
  });
  return {
    program: top.program.word(),
    document: { hash: document.hash.word(), bytes: byteCount(document.bytes) },
    planes: new Map(planes),
  };
}

function byteCount(node: DocumentNode): number {
  return node.integer(1, 2 ** 31 - 1);
}
