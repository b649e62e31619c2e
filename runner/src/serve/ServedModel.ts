import type { AnswerAttribution, Price } from "@openledger/sdk";
import type { Hex } from "viem";
import type { FollowedAttribution } from "./AttributionTeller.js";

/**
 * Sampling as the protocol counts it: thousandths, 0 for no limit of `topK`, 0 of `temperatureMilli` for greedy, 1,000 for
 * no repetition penalty.
 */
export interface Sampling {
  readonly maxTokens: number;
  readonly temperatureMilli: number;
  readonly topPMilli: number;
  readonly topK: number;
  readonly repetitionPenaltyMilli: number;
  readonly seed: Hex;
}

export interface Generated {
  readonly tokens: readonly number[];
  readonly finish: "stop" | "length";
}

/** A registered model that this runner holds, verified against its roots. */
export interface ServedModel {
  readonly model: bigint;
  /** 0 for a base. */
  readonly base: bigint;
  readonly name: string;
  readonly weightsRoot: Hex;
  readonly programRoot: Hex;
  readonly price: Price;
  readonly registeredAt: bigint;
  /** Most tokens of prompt and answer together. */
  readonly contextTokens: number;
  /** Keeps what it answers with open until what this returns is called, once: it may be dropped meanwhile. */
  hold(): () => void;
  encode(text: string): readonly number[];
  decode(tokens: readonly number[]): string;
  /** Same prompt, sampling and seed: same tokens. */
  generate(promptIds: readonly number[], sampling: Sampling, onToken: (token: number) => void): Promise<Generated>;
  /** Who shaped these tokens; nobody for a model without Datanets. */
  attribute(promptIds: readonly number[], tokens: readonly number[]): Promise<AnswerAttribution>;
  /** Who shapes an answer that is being written; undefined for a model without Datanets. */
  follow(promptIds: readonly number[]): FollowedAttribution | undefined;
}

/** The models this runner can answer with now. */
export interface ModelShelf {
  list(): readonly ServedModel[];
  /** @throws RunnerError `unknown_model`; `model_not_ready`, retryable as long as the model may still come */
  get(model: bigint): ServedModel;
}
