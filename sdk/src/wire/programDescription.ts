import type { Hex } from "viem";
import { fractionsAsText, type JsonValue } from "./canonicalJson.js";

/** What a model computes, as far as its files and the engine decide it. */
export type ProgramParts = {
  /** Name and version of the arithmetic, for instance `openledger.float/1`. */
  readonly engine: string;
  /** The base's `config.json`, parsed; its fractions enter the description as decimal strings. */
  readonly architecture: unknown;
  /** SHA-256 of the base's `tokenizer.json`. */
  readonly tokenizerHash: Hex;
  /** `weightsRoot` of the base's weight file. */
  readonly baseRoot: Hex;
  /** `weightsRoot` of the adapter's weight file; null for a base. */
  readonly adapterRoot: Hex | null;
};

/** The document whose canonical JSON `programRoot` hashes. */
export function programDescription(parts: ProgramParts): JsonValue {
  return {
    format: "openledger.program/1",
    engine: parts.engine,
    architecture: fractionsAsText(parts.architecture),
    tokenizer: parts.tokenizerHash,
    base: parts.baseRoot,
    adapter: parts.adapterRoot,
  };
}

/** Name of the arithmetic of float models, whose answers are not provable step by step. */
export const FLOAT_ENGINE = "openledger.float/1";
