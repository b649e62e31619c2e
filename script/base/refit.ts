/**
 * Fits the attribution part of the committed base again, on the held-out files of its corpus: `npm run base:refit`. Index
 * files made with the part before are of no use with the new one.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Tokenizer, WordEncoder } from "@openledger/engine";
import { addAttribution } from "./addAttribution.js";
import { type CorpusSource, collectCorpus } from "./corpus.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BASE = join(ROOT, "engine/models/base");

const sources = JSON.parse(readFileSync(join(ROOT, "script/base/packages.json"), "utf8")) as CorpusSource[];
const heldOut = collectCorpus(ROOT, sources).files.filter((file) => file.split === "heldOut");
const encoder = new WordEncoder(await Tokenizer.load(BASE));
await addAttribution(BASE, heldOut, (text) => encoder.encode(text));
