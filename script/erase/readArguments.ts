import { parseArgs } from "node:util";
import { EraseError } from "./EraseError.js";

const USAGE = "Usage: npm run erase-index -- DATANET --key-file FILE [--state DIR] [--rpc URL] [--content URL]";

export interface EraseArguments {
  readonly datanet: bigint;
  /** JSON file with the privateKey of one that the store lets erase. */
  readonly keyFile: string;
  /** Folder of the network's deployment, and of what is kept until all is erased. */
  readonly state: string;
  readonly rpc: string;
  readonly content: string;
}

/** @throws EraseError `usage` */
export function readArguments(args: readonly string[]): EraseArguments {
  const { positionals, values } = parse(args);
  const [datanet, ...more] = positionals;
  if (datanet === undefined || more.length > 0) throw usage(`asked for ${positionals.length} Datanets, not one`);
  if (values["key-file"] === undefined) throw usage("no --key-file was named");
  return {
    datanet: numberOf(datanet),
    keyFile: values["key-file"],
    state: values.state,
    rpc: values.rpc,
    content: values.content,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "key-file": { type: "string" },
        state: { type: "string", default: ".openledger" },
        rpc: { type: "string", default: "http://127.0.0.1:8545" },
        content: { type: "string", default: "http://127.0.0.1:5001" },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function numberOf(text: string): bigint {
  if (!/^[0-9]{1,19}$/.test(text)) throw usage(`DATANET was "${text}"; it is a number`);
  return BigInt(text);
}

function usage(problem: string): EraseError {
  return new EraseError("usage", `${problem}\n${USAGE}`);
}
