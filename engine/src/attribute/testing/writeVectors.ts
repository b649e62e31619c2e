import { writeFileSync } from "node:fs";
import { PROOFS_FILE, proofsText, proofVectors } from "./proofVectors.js";

// Writes test/vectors/attribution-proofs.json anew: a part of `npm run vectors`.
writeFileSync(PROOFS_FILE, proofsText(await proofVectors()));
