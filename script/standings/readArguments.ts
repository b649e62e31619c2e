import { parseArgs } from "node:util";
import type { SketchKind } from "@openledger/engine";
import { StandingsError } from "./StandingsError.js";

const USAGE = `Usage: npm run standings -- MODEL [--texts FILE] [--json] [--sketches 1-bit|int8] [--first N] [--threads N]
  [--state DIR] [--rpc URL] [--graphql URL] [--content URL]`;

export interface StandingsArguments {
  readonly model: bigint;
  /** File of texts, see `readTexts`. */
  readonly texts: string | undefined;
  readonly isJson: boolean;
  readonly kind: SketchKind;
  /** Records that are printed; JSON has all. */
  readonly first: number;
  readonly threads: number;
  /** Folder of the network's deployment, and of what is kept between runs. */
  readonly state: string;
  readonly rpc: string;
  readonly graphql: string;
  readonly content: string;
}

/** @throws StandingsError `usage` */
export function readArguments(args: readonly string[]): StandingsArguments {
  const { positionals, values } = parse(args);
  const [model, ...more] = positionals;
  if (model === undefined || more.length > 0) throw usage(`asked for ${positionals.length} models, not one`);
  if (!/^[0-9]{1,19}$/.test(model)) throw usage(`MODEL was "${model}"; it is a model's number`);
  const kind = values.sketches;
  if (kind !== "int8" && kind !== "1-bit") throw usage(`--sketches was "${kind}"; it may be 1-bit or int8`);
  return {
    model: BigInt(model),
    texts: values.texts,
    isJson: values.json,
    kind,
    first: positive("--first", values.first),
    threads: positive("--threads", values.threads),
    state: values.state,
    rpc: values.rpc,
    graphql: values.graphql,
    content: values.content,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        texts: { type: "string" },
        json: { type: "boolean", default: false },
        sketches: { type: "string", default: "int8" },
        first: { type: "string", default: "20" },
        threads: { type: "string", default: "1" },
        state: { type: "string", default: ".openledger" },
        rpc: { type: "string", default: "http://127.0.0.1:8545" },
        graphql: { type: "string", default: "http://127.0.0.1:8000/subgraphs/name/openledger" },
        content: { type: "string", default: "http://127.0.0.1:5001" },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw usage(`${name} was "${text}"; it is a number from 1`);
  return number;
}

function usage(problem: string): StandingsError {
  return new StandingsError("usage", `${problem}\n${USAGE}`);
}
