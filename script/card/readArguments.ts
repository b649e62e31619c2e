import { parseArgs } from "node:util";
import { FEWEST_SETS } from "@openledger/sdk";
import { MODEL_OPTIONS, MODEL_USAGE, type ModelPlace, modelPlace, positiveNumber } from "../registered/ModelPlace.js";
import { CardError } from "./CardError.js";
import { RETRAINED_REGIMES } from "./drawSubsets.js";
import type { MeasureOptions } from "./measureCard.js";

const USAGE = `Usage: npm run card -- MODEL [--sets N] [--seeds N] [--regimes rec,con,fresh] [--queries N] [--threads N]
  [--out FILE] [--key-file FILE] ${MODEL_USAGE}`;

export interface CardArguments extends Pick<MeasureOptions, "regimes" | "sets" | "seeds" | "queries" | "threads"> {
  readonly place: ModelPlace;
  /** Where the card is written, and a picture of it beside it; absent for the state's folder. */
  readonly out: string | undefined;
  /** JSON file with the privateKey of the model's owner, who commits the card; absent where it is not published. */
  readonly keyFile: string | undefined;
}

/** @throws CardError `usage` */
export function readArguments(args: readonly string[]): CardArguments {
  const { positionals, values } = parse(args);
  const place = modelPlace(positionals, values, usage);
  const names = values.regimes.split(",");
  const regimes = RETRAINED_REGIMES.filter((regime) => names.includes(regime));
  if (regimes.length !== names.length || !regimes.includes("rec")) {
    throw usage(`--regimes was "${values.regimes}"; it is rec, and some of con and fresh with it`);
  }
  const sets = positiveNumber("--sets", values.sets, usage);
  if (sets < FEWEST_SETS) throw usage(`--sets was "${values.sets}"; of fewer than ${FEWEST_SETS} nothing can be told`);
  return {
    place,
    regimes,
    sets,
    seeds: positiveNumber("--seeds", values.seeds, usage),
    queries: positiveNumber("--queries", values.queries, usage),
    threads: positiveNumber("--threads", values.threads, usage),
    out: values.out,
    keyFile: values["key-file"],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...MODEL_OPTIONS,
        regimes: { type: "string", default: "rec,con" },
        sets: { type: "string", default: "50" },
        seeds: { type: "string", default: "1" },
        queries: { type: "string", default: "40" },
        threads: { type: "string", default: "2" },
        out: { type: "string" },
        "key-file": { type: "string" },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(problem: string): CardError {
  return new CardError("usage", `${problem}\n${USAGE}`);
}
