import { writeFileSync } from "node:fs";
import { opVectors } from "./opVectors.js";
import { VECTORS_FILE, vectorsText } from "./vectorsFile.js";

// Writes test/vectors/exact-ops.json anew: a part of `npm run vectors`.
writeFileSync(VECTORS_FILE, vectorsText(opVectors()));
