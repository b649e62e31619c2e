import { join } from "node:path";
import { Tokenizer, WordEncoder } from "@openledger/engine";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { collectSeed, type SeedContribution } from "../seed/collect.js";
import { seedPackages } from "../seed/packages.js";

export const BASE_DIR = join(repositoryRoot, "engine", "models", "base");

/** The first Datanet's text, cut as the story cuts it, and the tokenizer it was cut by. */
export async function seedRecords(
  perPackage: number,
): Promise<{ tokenizer: Tokenizer; contributions: SeedContribution[] }> {
  const tokenizer = await Tokenizer.load(BASE_DIR);
  const encoder = new WordEncoder(tokenizer);
  const contributions = await Promise.all(
    (await seedPackages()).map((seed) =>
      collectSeed(seed, {
        limits: { maxTokens: 224, minBytes: 200 },
        recordsPerPackage: perPackage,
        heldOutPerPackage: 4,
        countTokens: (piece) => encoder.encode(piece).length,
      }),
    ),
  );
  return { tokenizer, contributions };
}
