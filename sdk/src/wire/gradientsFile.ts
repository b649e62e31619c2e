import type { Hex } from "viem";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";
import { canonicalJsonBytes } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";
import { equalBytes, type PartedFile, partedFileJson, readPartedFile } from "./partedFile.js";

const FORMAT = "openledger.gradients/1";
const DOCUMENT = "gradients file";
/** Largest file of these: it lists some 240 GiB. */
export const MAX_GRADIENTS_FILE_BYTES = 4 * 1024 * 1024;
const MAX_BYTES = 2 ** 40;

/** By what standings in a model are told: a basis, frozen, and its records' sketches in it. What a model's owner commits by a card. */
export interface GradientsFile {
  readonly basisRoot: Hex;
  readonly sketchesRoot: Hex;
  readonly basis: PartedFile;
  readonly sketches: PartedFile;
}

/** The file's bytes for the content store. @throws MalformedDocumentError for one that nobody could read */
export function encodeGradientsFile(file: GradientsFile): Uint8Array {
  const bytes = toBytes(file);
  decodeGradientsFile(bytes);
  return bytes;
}

/**
 * Reads a file that anybody may have written. Whether the parts hold what the roots say is not known yet, nor how large they
 * may be: that follows from the model.
 *
 * @throws MalformedDocumentError also for a second spelling of the same file
 */
export function decodeGradientsFile(bytes: Uint8Array): GradientsFile {
  if (bytes.length > MAX_GRADIENTS_FILE_BYTES) {
    const found = `expected at most ${MAX_GRADIENTS_FILE_BYTES} bytes, found ${bytes.length}`;
    throw new MalformedDocumentError(DOCUMENT, "", found);
  }
  const reader = DocumentReader.parse(DOCUMENT, bytes);
  reader.field("format").literal(FORMAT);
  const file: GradientsFile = {
    basisRoot: reader.field("basisRoot").bytes32(),
    sketchesRoot: reader.field("sketchesRoot").bytes32(),
    basis: readPartedFile(reader.field("basis"), 1, MAX_BYTES),
    sketches: readPartedFile(reader.field("sketches"), 1, MAX_BYTES),
  };
  if (!equalBytes(toBytes(file), bytes)) reader.fail("expected canonical JSON of the format's members and no others");
  return file;
}

function toBytes({ basisRoot, sketchesRoot, basis, sketches }: GradientsFile): Uint8Array {
  return canonicalJsonBytes({
    format: FORMAT,
    basisRoot,
    sketchesRoot,
    basis: partedFileJson(basis),
    sketches: partedFileJson(sketches),
  });
}
