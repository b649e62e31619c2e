import type { BenchModel } from "../model/benchModel.js";
import type { ContestantName } from "./contestants.js";

/** What a process of the contest is started for, as JSON in its first argument. */
export type ProcessRole =
  | {
      readonly role: "prepare";
      readonly folder: string;
      readonly model: BenchModel;
      readonly contestants: readonly ContestantName[];
    }
  | {
      readonly role: "contest";
      readonly folder: string;
      readonly contestant: ContestantName;
      readonly threads: number;
    };

/** Work that a contestant is asked for; its time is answered, without the way of the message. */
export type ContestCall =
  | { readonly call: "open"; readonly sequences: number; readonly length: number }
  | { readonly call: "generate"; readonly count: number }
  | { readonly call: "prefill"; readonly length: number }
  | { readonly call: "audit"; readonly prompt: number; readonly answer: number };

export type ContestAnswer = { readonly ms: number; readonly peakMb: number } | { readonly error: string };
