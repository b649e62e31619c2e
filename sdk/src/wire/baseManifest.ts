import { DocumentReader } from "./DocumentReader.js";
import { type ProgramRef, readProgram, readWeights, type WeightsRef } from "./trainingManifest.js";

/** What a base's manifest must say; everything else it says is kept in `document`. */
export type BaseManifest = {
  readonly weights: WeightsRef;
  /** Of the base itself, under `EXACT_ENGINE`. */
  readonly program: ProgramRef;
  readonly heldOutBitsPerByte: string | undefined;
  readonly corpus: readonly { readonly package: string; readonly version: string; readonly licence: string }[];
  readonly document: unknown;
};

/** @throws MalformedDocumentError */
export function decodeBaseManifest(bytes: Uint8Array): BaseManifest {
  const reader = DocumentReader.parse("base manifest", bytes);
  reader.field("format").literal("openledger.base/1");
  const bits = reader.field("heldOutBitsPerByte");
  const corpus = reader.field("corpus");
  return {
    weights: readWeights(reader.field("weights")),
    program: readProgram(reader.field("program")),
    heldOutBitsPerByte: bits.present ? String(bits.raw) : undefined,
    corpus: corpus.present
      ? corpus.items().map((item) => ({
          package: item.field("package").text(),
          version: item.field("version").text(),
          licence: item.field("licence").text(),
        }))
      : [],
    document: reader.raw,
  };
}
