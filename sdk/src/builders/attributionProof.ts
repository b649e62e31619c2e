import { bytesToHex, type ContractFunctionArgs, encodeFunctionData, type Hex } from "viem";
import { attributionVerifierAbi } from "../abi/generated/attributionVerifier.js";

/** What follows where a sequence has ended, as the contract takes it. */
const NO_TOKEN = -1;

const FUNCTIONS = {
  denominator: "proveDenominator",
  credit: "proveCredit",
  continuity: "proveContinuity",
  window: "proveWindow",
} as const;

/** What opens one element of a trace, as the engine's `openElement` gives it. */
export type OpenedElement = {
  readonly leaf: OpenedLeafBytes;
  /** Counted from the leaf's first. */
  readonly element: number;
  /** In the order in which the element's step reads them. */
  readonly inputs: readonly OpenedLeafBytes[];
  /** In the order in which the element's step reads them. */
  readonly parts: readonly OpenedBytes[];
};

export type OpenedBytes = { readonly bytes: Uint8Array; readonly siblings: readonly Uint8Array[] };

/** A leaf and its place in the trace. */
export type OpenedLeafBytes = OpenedBytes & {
  readonly op: number;
  readonly position: number;
  readonly part: number;
};

/** A leaf as `AttributionVerifier` takes it. */
export type AttributionLeaf = { readonly index: bigint; readonly data: Hex; readonly siblings: readonly Hex[] };

/** What the functions of `AttributionVerifier` take of an element, in their order. */
export type AttributionProof = {
  readonly claim: {
    readonly op: number;
    readonly position: number;
    readonly part: number;
    readonly element: number;
    readonly leaf: AttributionLeaf;
  };
  readonly inputs: readonly AttributionLeaf[];
  /** For `proveSimilarity`. */
  readonly parts: readonly { readonly data: Hex; readonly siblings: readonly Hex[] }[];
};

/**
 * An opened element of attribution as the contract takes it. Places of inputs and parts stay behind: the contract derives
 * them.
 *
 * @param indexOf Where a leaf stands among all of the trace's, from 0.
 */
export function attributionProof(
  { leaf, element, inputs, parts }: OpenedElement,
  indexOf: (leaf: OpenedLeafBytes) => number,
): AttributionProof {
  const leafOf = (opened: OpenedLeafBytes) => ({ index: BigInt(indexOf(opened)), ...hexOf(opened) });
  const { op, position, part } = leaf;
  return {
    claim: { op, position, part, element, leaf: leafOf(leaf) },
    inputs: inputs.map(leafOf),
    parts: parts.map(hexOf),
  };
}

function hexOf({ bytes, siblings }: OpenedBytes): { readonly data: Hex; readonly siblings: readonly Hex[] } {
  return { data: bytesToHex(bytes), siblings: siblings.map((sibling) => bytesToHex(sibling)) };
}

type Arguments = ContractFunctionArgs<typeof attributionVerifierAbi, "pure", "proveSimilarity">;

/** Root over a trace's leaves, its program's id and how many leaves it has. */
export type TraceRoot = Arguments[0];

/** What a program's document says of one of its indexes. */
export type AttributionOutline = Arguments[1];

/** What an element of attribution belongs to. */
export type AttributionProofKind = "similarity" | "denominator" | "credit" | "continuity" | "window";

/** A proof, and what it is held against. */
export type AttributionCase = {
  readonly kind: AttributionProofKind;
  readonly trace: TraceRoot;
  readonly outline: AttributionOutline;
  /** The token after the position; undefined where the sequence has ended. */
  readonly following: number | undefined;
  readonly proof: AttributionProof;
};

/** Call data of the function of `AttributionVerifier` that decides a case. */
export function attributionCall({ kind, trace, outline, following, proof }: AttributionCase): Hex {
  const { claim, inputs, parts } = proof;
  if (kind === "similarity") {
    return encodeFunctionData({
      abi: attributionVerifierAbi,
      functionName: "proveSimilarity",
      args: [trace, outline, claim, BigInt(following ?? NO_TOKEN), inputs, parts],
    });
  }
  return encodeFunctionData({
    abi: attributionVerifierAbi,
    functionName: FUNCTIONS[kind],
    args: [trace, outline, claim, inputs],
  });
}

/** What a receipt commits to, opened, and a record that it may speak falsely of. */
export type RecordStatement = RecordArguments[0];

type RecordArguments = ContractFunctionArgs<typeof attributionVerifierAbi, "pure", "proveRecord">;

/** Opened leaves of an answer's tokens that follow each other in one sequence. */
export type RecordPass = {
  readonly trace: TraceRoot;
  /** Position whose following token is the first of them. */
  readonly first: number;
  readonly count: number;
  readonly credits: readonly AttributionLeaf[];
  readonly weights: readonly AttributionLeaf[];
};

/** Positions that one leaf adds: what `proveRecord` reads of so many tokens, from the last position back. */
export function windowsOver(first: number, count: number): { readonly position: number; readonly terms: 64 | 8 | 1 }[] {
  const windows: { position: number; terms: 64 | 8 | 1 }[] = [];
  for (let left = count; left > 0; ) {
    const terms = left >= 64 ? 64 : left >= 8 ? 8 : 1;
    windows.push({ position: first + left - 1, terms });
    left -= terms;
  }
  return windows;
}

/** Call data of `proveRecord`: that a receipt names a record with another share than its credits make, or falsely not at all. */
export function recordCall(
  statement: RecordStatement,
  outline: AttributionOutline,
  passes: readonly RecordPass[],
): Hex {
  return encodeFunctionData({
    abi: attributionVerifierAbi,
    functionName: "proveRecord",
    args: [statement, outline, passes],
  });
}
