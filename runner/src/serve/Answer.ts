import type { RecordShare, Share } from "@openledger/sdk";
import type { Address, Hex } from "viem";

/** A record that shaped an answer, with what a reader needs to judge it. */
export interface AttributedRecord extends RecordShare {
  readonly contribution: bigint;
  readonly contributor: Address;
  /** SPDX identifier. */
  readonly licence: string;
  readonly source: { readonly name: string; readonly version: string; readonly path: string };
  /** The part of the record that counted most. */
  readonly excerpt: string;
}

export interface AnswerAttribution {
  /** Ascending by account, 65,536 in all; empty for a model without Datanets. */
  readonly shares: readonly Share[];
  /** Descending share, then ascending place. */
  readonly records: readonly AttributedRecord[];
  readonly methodHash: Hex;
}

export interface Answer {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly finish: "stop" | "length";
  readonly attribution: AnswerAttribution;
}
