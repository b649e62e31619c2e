import { readFileSync } from "node:fs";
import { bytesToHex, type Hex } from "viem";
import { mnemonicToAccount, privateKeyToAddress } from "viem/accounts";
import { OracleError } from "../OracleError.js";

export interface KeySource {
  /** JSON with `privateKey`, or a hexadecimal key; undefined for the local chain's well-known one. */
  readonly keyFile: string | undefined;
  readonly chainId: number;
  readonly mode: "propose" | "watch";
}

const localChain = 31_337;
const wellKnownMnemonic = "test test test test test test test test test test test junk";
const wellKnownCount = 30;
const wellKnownIndex = { propose: 2, watch: 7 } as const;

/**
 * The key this oracle signs with. Keys that everybody knows are taken on the local chain alone.
 *
 * @throws OracleError `unknown_key`
 */
export function readKey({ keyFile, chainId, mode }: KeySource): Hex {
  const key = keyFile === undefined || keyFile === "" ? wellKnownKey(chainId, mode) : keyOf(keyFile);
  if (chainId !== localChain && wellKnownKeys().includes(key)) {
    throw refused(
      `The key of ${privateKeyToAddress(key)} is public; on chain ${chainId} anyone could use it. Make a new one.`,
    );
  }
  return key;
}

function wellKnownKey(chainId: number, mode: KeySource["mode"]): Hex {
  if (chainId !== localChain) throw refused(`KEY_FILE is needed on chain ${chainId}; it is empty.`);
  return wellKnownKeys()[wellKnownIndex[mode]] as Hex;
}

function keyOf(path: string): Hex {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw refused(`KEY_FILE ${path} cannot be read: ${String(cause)}`, cause);
  }
  const key = text.startsWith("{") ? keyInJson(path, text) : text;
  const digits = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(key)?.[1];
  // The message must not repeat what may be a mistyped key.
  if (digits === undefined) throw refused(`KEY_FILE ${path} holds no key of 32 bytes in hexadecimal.`);
  return `0x${digits.toLowerCase()}`;
}

function keyInJson(path: string, text: string): string {
  try {
    const { privateKey } = JSON.parse(text) as { privateKey?: unknown };
    return typeof privateKey === "string" ? privateKey : "";
  } catch {
    throw refused(`KEY_FILE ${path} is neither JSON nor a hexadecimal key.`);
  }
}

/** The keys that every local chain starts with. Their parent is derived once: stretching the mnemonic is slow. */
function wellKnownKeys(): readonly Hex[] {
  const parent = mnemonicToAccount(wellKnownMnemonic, { path: "m/44'/60'/0'/0" }).getHdKey();
  return Array.from({ length: wellKnownCount }, (_, index) =>
    bytesToHex(parent.deriveChild(index).privateKey as Uint8Array),
  );
}

function refused(message: string, cause?: unknown): OracleError {
  return new OracleError("unknown_key", message, { retryable: false, cause });
}
