import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ATTRIBUTION_CONTEXT, ATTRIBUTION_FILE, fitAttributionBase, loadModel, openRuntime } from "@openledger/engine";
import { canonicalJson } from "@openledger/sdk";
import { chunkText } from "../seed/chunk.js";
import type { CorpusFile } from "./corpus.js";
import { nameProgram } from "./nameProgram.js";

/** Pieces that the whitening is fitted on; the first 128 of them become decoys. */
const TEXTS = 400;
const LEAST_BYTES = 300;

/**
 * Fits the attribution part of a base on held-out files of its corpus and names it in the folder's manifest.
 *
 * Pieces are taken from the files in turn, so that a long file does not stand for public text.
 */
export async function addAttribution(
  modelDir: string,
  heldOut: readonly CorpusFile[],
  encode: (text: string) => readonly number[],
): Promise<void> {
  const limits = { maxTokens: ATTRIBUTION_CONTEXT, minBytes: LEAST_BYTES };
  const pieces = heldOut.map((file) => chunkText(file.text, limits, (piece) => encode(piece).length));
  const longest = Math.max(...pieces.map((ofFile) => ofFile.length));
  const texts = Array.from({ length: longest }, (_, i) => pieces.flatMap((ofFile) => ofFile[i] ?? [])).flat();

  const runtime = await openRuntime({ modelDir });
  try {
    const file = await fitAttributionBase(
      runtime,
      await loadModel(modelDir),
      texts.slice(0, TEXTS).map((text) => encode(text)),
    );
    writeFileSync(join(modelDir, ATTRIBUTION_FILE), file);
    const manifestFile = join(modelDir, "manifest.json");
    const hash = `0x${createHash("sha256").update(file).digest("hex")}`;
    const { program: _, ...manifest } = JSON.parse(readFileSync(manifestFile, "utf8"));
    writeFileSync(manifestFile, `${canonicalJson({ ...manifest, attribution: { bytes: file.length, hash } })}\n`);
  } finally {
    await runtime.close();
  }
  await nameProgram(modelDir);
}
