import type { Address, Hex } from "viem";
import type { Check } from "./CheckList.js";

/** From an answer to everything it rests on. Amounts are base units as decimal strings; transactions are hashes. */
export type Trace = {
  readonly ok: boolean;
  readonly receiptHash: Hex;
  readonly receipt: { readonly [field: string]: unknown };
  readonly payer: Address | undefined;
  readonly runner: Address | undefined;
  /** Part of the fee that belongs to data. */
  readonly dataFee: string | undefined;
  /** Undefined while the receipt is in no settled batch. */
  readonly settlement: TracedSettlement | undefined;
  readonly model: TracedModel | undefined;
  /** The model under an adapter. */
  readonly base: TracedModel | undefined;
  readonly training: TracedTraining | undefined;
  readonly method: TracedMethod;
  readonly versions: readonly TracedVersion[];
  readonly records: readonly TracedRecord[];
  /** Undefined where only the receipt is to be had, or the runner did not search. */
  readonly citations: readonly TracedCitation[] | undefined;
  readonly shares: readonly TracedShare[];
  readonly checks: readonly Check[];
};

export type TracedSettlement = {
  readonly batch: string;
  /** Place of the receipt in the batch, from 0. */
  readonly receiptIndex: number | undefined;
  readonly receiptsRoot: Hex;
  readonly dataHash: Hex;
  readonly transaction: Hex;
};

export type TracedModel = {
  readonly model: string;
  readonly name: string;
  readonly owner: Address;
  readonly weightsRoot: Hex;
  readonly programRoot: Hex;
  readonly manifestHash: Hex;
  readonly transaction: Hex;
};

export type TracedTraining = {
  readonly engine: string;
  readonly seed: Hex;
  readonly steps: number;
  readonly tokens: number;
  readonly lossBefore: string;
  readonly lossAfter: string;
};

export type TracedVersion = {
  readonly datanet: string;
  readonly version: number;
  readonly root: Hex;
  readonly contributions: number;
  readonly records: string;
  readonly transaction: Hex;
  /** Committed for the model's base; undefined where none is. */
  readonly index: { readonly root: Hex; readonly dataHash: Hex; readonly transaction: Hex } | undefined;
};

/** By what the answer was attributed: the hash is that of the indexes' roots, in the order of the versions. */
export type TracedMethod = {
  readonly hash: Hex;
  /** Number of the rules, which is in each index's root; undefined where no root could be computed from its file. */
  readonly rules: number | undefined;
};

export type TracedRecord = {
  readonly datanet: string;
  readonly version: number;
  readonly recordIndex: string;
  /** Of 65,536. */
  readonly share: number;
  readonly contribution: string;
  readonly contributor: Address;
  readonly licence: string;
  readonly source: { readonly name: string; readonly version: string; readonly path: string };
  /** Of the contribution's file, where the whole text stands; of one that was erased, the store names what stands for it. */
  readonly cid: string;
  readonly leaf: Hex;
  /** The beginning of the record's text; undefined where it was erased. */
  readonly text: string | undefined;
  /** The part of it that resembles the answer most; undefined where no runner tells. */
  readonly excerpt: string | undefined;
  readonly transactions: { readonly contribution: Hex; readonly acceptance: Hex | null };
};

/** A part of the answer that stands word for word in records; it pays nobody. */
export type TracedCitation = {
  readonly datanet: string;
  readonly version: number;
  /** Bytes of the answer's UTF-8 before. */
  readonly from: number;
  readonly text: string;
  /** How often the runner found it; the places are the first of them. */
  readonly count: number;
  readonly places: readonly (Pick<
    TracedRecord,
    "recordIndex" | "contribution" | "contributor" | "licence" | "source"
  > & {
    /** Bytes of the record's UTF-8 before. */
    readonly offset: number;
  })[];
};

export type TracedShare = {
  readonly account: Address;
  readonly kind: "contributor" | "pool";
  /** Of 65,536. */
  readonly share: number;
  /** What it earns by this receipt. */
  readonly amount: string;
};
