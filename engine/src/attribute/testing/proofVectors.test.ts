import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PROOFS_FILE, proofsText, proofVectors } from "./proofVectors.js";

test("the vectors of proofs are what the engine gives, of every verdict", async () => {
  const found = await proofVectors();

  expect(proofsText(found)).toBe(readFileSync(PROOFS_FILE, "utf8"));
  expect(new Set(found.vectors.map(({ verdict }) => verdict))).toEqual(new Set(["holds", "value", "length", "bound"]));
});
