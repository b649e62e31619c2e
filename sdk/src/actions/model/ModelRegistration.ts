import type { Hex } from "viem";

/** What is registered of a model. Prices in base units, parts of a fee in basis points. */
export type ModelRegistration = {
  readonly name: string;
  readonly weightsRoot: Hex;
  readonly programRoot: Hex;
  /** SHA-256 of its manifest in the content store. */
  readonly manifestHash: Hex;
  readonly price: { readonly perRequest: bigint; readonly perPromptToken: bigint; readonly perOutputToken: bigint };
  readonly revenue: { readonly modelBps: number; readonly dataBps: number };
};
