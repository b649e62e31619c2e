import { ExactError } from "../errors.js";

/** @throws ExactError `evidence_unusable` */
export function refuseEvidence(found: string): never {
  throw new ExactError(
    "evidence_unusable",
    `The evidence shows nothing: ${found}; open it from the root that was posted.`,
  );
}
