import type { Hex } from "viem";
import type { Revenue } from "../../units/split.js";

/** What is registered of a model. Prices in base units, parts of a fee in basis points. */
export type ModelRegistration = {
  readonly name: string;
  readonly weightsRoot: Hex;
  readonly programRoot: Hex;
  /** SHA-256 of its manifest in the content store. */
  readonly manifestHash: Hex;
  readonly price: { readonly perRequest: bigint; readonly perPromptToken: bigint; readonly perOutputToken: bigint };
  readonly revenue: Revenue;
  /** The least part of its model part that a derivative has to grant this model, at most 5000; 0 unless said. */
  readonly derivativeBps?: number;
  /** A model of the account's whose place this one takes; 0 unless said. */
  readonly supersedes?: bigint;
  /** Models that this one derives from and what it grants each of its model part, ascending by model; none unless said. */
  readonly upstream?: readonly Upstream[];
  /** The most that the account pays for the registration, base units; 0 unless said. */
  readonly maximumFee?: bigint;
};

/** A part of a model's model part that another model has, in basis points. */
export type Upstream = { readonly model: bigint; readonly bps: number };

/** With what is 0 or none where it is not said. */
export function wholeRegistration(registration: ModelRegistration): Required<ModelRegistration> {
  return { derivativeBps: 0, supersedes: 0n, upstream: [], maximumFee: 0n, ...registration };
}
