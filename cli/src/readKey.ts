import { readFile } from "node:fs/promises";
import { InvalidValueError } from "@openledger/sdk";
import { type Hex, isHex } from "viem";

/** The `privateKey` of a JSON file. @throws InvalidValueError that does not have it */
export async function readKey(path: string | undefined): Promise<Hex> {
  if (path === undefined) throw new InvalidValueError("--key-file", "a JSON file with a privateKey", path);
  const { privateKey } = parseKeyFile(await readFile(path, "utf8"));
  // The key itself never reaches a message.
  if (!isHex(privateKey) || privateKey.length !== 66) {
    throw new InvalidValueError("privateKey", "0x and 64 hex digits", "something else");
  }
  return privateKey;
}

/** JSON.parse quotes what it stumbles over, which may be the key. */
function parseKeyFile(text: string): { privateKey?: unknown } {
  try {
    return JSON.parse(text) as { privateKey?: unknown };
  } catch {
    return {};
  }
}
