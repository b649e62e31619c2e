import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { agentDocument } from "./agent.js";
import { courtDocument } from "./court.js";
import { datanetDocument } from "./datanets.js";
import { hashDocument, merkleDocument, moneyDocument } from "./documents.js";
import { marketDocument } from "./marketDocument.js";
import { programVectors } from "./program.js";
import { tokenomicsDocument } from "./tokenomics.js";
import { traceDocument } from "./trace.js";

// From test/dist/vectors: writes test/vectors/*.json anew.
const documents = {
  merkle: merkleDocument(),
  hash: hashDocument(),
  market: marketDocument(),
  money: moneyDocument(),
  tokenomics: tokenomicsDocument(),
  agent: agentDocument(),
  datanet: datanetDocument(),
  trace: traceDocument(),
  program: programVectors(),
  court: await courtDocument(),
};
for (const [name, document] of Object.entries(documents)) {
  writeFileSync(
    fileURLToPath(new URL(`../../vectors/${name}.json`, import.meta.url)),
    `${JSON.stringify(document, null, 1)}\n`,
  );
}
