import type { Hex } from "viem";
import { programRoot } from "../hash/program.js";
import { programId } from "../hash/programId.js";
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
  /** `programId` of the exact program that base and adapter compile to; absent where the engine computes in floats. */
  readonly programId?: Hex;
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
    program: parts.programId,
  };
}

/**
 * Whether an exact program is the one that a registered `programRoot` speaks of. Two names, one inside the other: `programId`
 * hashes the program's own document (operations, and roots of all tables), and every leaf of its traces carries it;
 * `programRoot`, which the registry and receipts carry, hashes the description, which names source files and `programId`.
 *
 * @param parts The description's other members, from the model's manifest.
 * @throws InvalidValueError when the document has no canonical JSON.
 */
export function isRegisteredProgram(
  registered: Hex,
  parts: Omit<ProgramParts, "programId">,
  document: JsonValue,
): boolean {
  return programRoot(programDescription({ ...parts, programId: programId(document) })) === registered.toLowerCase();
}

/** Name of the arithmetic of float models, whose answers are not provable step by step. */
export const FLOAT_ENGINE = "openledger.float/1";

/** Name of the arithmetic of exact programs: what `engine/exact` of this version computes, to the bit. */
export const EXACT_ENGINE = "openledger.exact/1";
