import { writeFileSync } from "node:fs";
import { samplingVectors } from "./vectorDocument.js";

// From engine/dist/exact/sampling: writes test/vectors/sampling.json anew.
const file = new URL("../../../../test/vectors/sampling.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(samplingVectors(), null, 1)}\n`);
