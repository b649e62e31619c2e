import { parseArgs } from "node:util";
import type { SketchKind } from "@openledger/engine";
import { MODEL_OPTIONS, MODEL_USAGE, type ModelPlace, modelPlace, positiveNumber } from "../registered/ModelPlace.js";
import { StandingsError } from "./StandingsError.js";

const USAGE = `Usage: npm run standings -- MODEL [--json] [--own] [--sketches 1-bit|int8] [--first N] [--threads N]
  ${MODEL_USAGE}`;

export interface StandingsArguments {
  readonly place: ModelPlace;
  readonly isJson: boolean;
  /** Basis and sketches are made here, whatever the model's owner has committed. */
  readonly isOwn: boolean;
  /** Of sketches that are made here. */
  readonly kind: SketchKind;
  /** Records that are printed; JSON has all. */
  readonly first: number;
  readonly threads: number;
}

/** @throws StandingsError `usage` */
export function readArguments(args: readonly string[]): StandingsArguments {
  const { positionals, values } = parse(args);
  const place = modelPlace(positionals, values, usage);
  const kind = values.sketches;
  if (kind !== "int8" && kind !== "1-bit") throw usage(`--sketches was "${kind}"; it may be 1-bit or int8`);
  return {
    place,
    isJson: values.json,
    isOwn: values.own,
    kind,
    first: positiveNumber("--first", values.first, usage),
    threads: positiveNumber("--threads", values.threads, usage),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...MODEL_OPTIONS,
        json: { type: "boolean", default: false },
        own: { type: "boolean", default: false },
        sketches: { type: "string", default: "1-bit" },
        first: { type: "string", default: "20" },
        threads: { type: "string", default: "1" },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(problem: string): StandingsError {
  return new StandingsError("usage", `${problem}\n${USAGE}`);
}
