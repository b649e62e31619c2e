import { readFileSync } from "node:fs";
import { type Address, bytesToHex, type Hex, type LocalAccount } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { decryptKeystore } from "./decryptKeystore.js";

const localChain = 31_337;
/** The mnemonic that every local development chain funds. */
const wellKnownMnemonic = "test test test test test test test test test test test junk";
const wellKnownIndex = 1;

export interface KeySource {
  /** A file with 32 bytes in hexadecimal, alone or as `{"privateKey": …}`, or a keystore of version 3. */
  readonly file: string | undefined;
  /** A file with the keystore's password. */
  readonly passwordFile: string | undefined;
}

/**
 * The runner's account. Without a key file the well-known development account 1, on the local chain alone.
 *
 * @throws Error saying what is wrong with the key; never the key.
 */
export function loadAccount(source: KeySource, chainId: number): LocalAccount {
  if (source.file === undefined) {
    if (chainId === localChain) return mnemonicToAccount(wellKnownMnemonic, { addressIndex: wellKnownIndex });
    throw new Error(`Chain ${chainId} is not a local one: set KEY_FILE to the runner's key.`);
  }
  const account = privateKeyToAccount(readKey(source.file, source.passwordFile));
  if (chainId !== localChain && wellKnown(account.address)) {
    throw new Error(`${source.file} holds a well-known development key: it must not be used on chain ${chainId}.`);
  }
  return account;
}

function readKey(file: string, passwordFile: string | undefined): Hex {
  const text = readFileSync(file, "utf8").trim();
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) return `0x${text.replace(/^0x/, "")}`;
  if (!text.startsWith("{")) throw new Error(`${file} holds neither 32 bytes in hexadecimal nor a keystore.`);
  const { privateKey } = parseJson(file, text);
  if (typeof privateKey === "string" && /^0x[0-9a-fA-F]{64}$/.test(privateKey)) return privateKey as Hex;
  if (passwordFile === undefined) {
    throw new Error(`${file} is a keystore: set KEY_PASSWORD_FILE to a file with its password.`);
  }
  return bytesToHex(decryptKeystore(text, readFileSync(passwordFile, "utf8").replace(/\r?\n$/, "")));
}

/** JSON.parse quotes what it stumbles over, which may be the key. */
function parseJson(file: string, text: string): { readonly privateKey?: unknown } {
  try {
    return JSON.parse(text) as { readonly privateKey?: unknown };
  } catch {
    throw new Error(`${file} is neither JSON nor a hexadecimal key.`);
  }
}

function wellKnown(address: Address): boolean {
  return Array.from({ length: 30 }, (_, addressIndex) => mnemonicToAccount(wellKnownMnemonic, { addressIndex })).some(
    (account) => account.address === address,
  );
}
