import type { CommittedProgram } from "../document/CommittedProgram.js";
import { planeElements } from "../document/tablePlanes.js";
import { ExactError } from "../errors.js";
import { elementBytes } from "../reference/elementBytes.js";
import { ContentFolder, digestOf } from "./ContentFolder.js";
import {
  type ContentFile,
  DOCUMENT_FILE,
  encodeProgramIndex,
  INDEX_FILE,
  MOST_INDEX_BYTES,
  type PlaneFile,
  planeFileName,
  readProgramIndex,
} from "./programIndex.js";

/**
 * Writes a program as content-addressed files: planes first, then `program.json`, then the index, without which a folder is no
 * program. A killed process leaves no index; writing again completes and heals the folder, and writes nothing that is there.
 *
 * @param folder made when missing; holds one program, which is never replaced.
 * @throws ExactError `folder_taken` when another program's index is there.
 */
export async function writeProgram({ program, document, id, planes }: CommittedProgram, folder: string): Promise<void> {
  const files = new ContentFolder(folder);
  await files.prepare();
  requireFree(files, id);
  const written = new Map<string, PlaneFile>();
  for (const plane of planes.values()) {
    const bytes = elementBytes(planeElements(program.tables.get(plane.table)!, plane.plane));
    const file = contentOf(bytes);
    const name = planeFileName(file);
    if (!files.holds({ ...file, name })) await files.write(name, bytes);
    written.set(plane.name, { ...file, root: plane.root });
  }
  const content = contentOf(document);
  if (!files.holds({ ...content, name: DOCUMENT_FILE })) await files.write(DOCUMENT_FILE, document);
  await files.settle();
  await files.write(INDEX_FILE, encodeProgramIndex({ program: id, document: content, planes: written }));
  await files.settle();
}

function contentOf(bytes: Uint8Array): ContentFile {
  return { hash: digestOf(bytes), bytes: bytes.length };
}

function requireFree(files: ContentFolder, id: CommittedProgram["id"]): void {
  let bytes: Uint8Array;
  try {
    bytes = files.readAny(INDEX_FILE, MOST_INDEX_BYTES);
  } catch (error) {
    if (error instanceof ExactError && error.code === "file_missing") return;
    throw error;
  }
  const found = programOf(bytes);
  if (found === id) return;
  const holds = found === undefined ? "the index of something else" : `program ${found}`;
  throw new ExactError("folder_taken", `${files.path} holds ${holds}, not program ${id}; choose another folder.`);
}

/** The program that an index speaks of; undefined where it is none. */
function programOf(index: Uint8Array): string | undefined {
  try {
    return readProgramIndex(index).program;
  } catch (error) {
    if (error instanceof ExactError) return undefined;
    throw error;
  }
}
