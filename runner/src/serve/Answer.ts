import type { AnswerAttribution } from "@openledger/sdk";

export interface Answer {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly finish: "stop" | "length";
  readonly attribution: AnswerAttribution;
}
