import { readFileSync } from "node:fs";
import { bytesToHex, type LocalAccount } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { decryptKeystore } from "./decryptKeystore.js";

const localChain = 31_337;
/** The mnemonic that every local development chain funds. */
const wellKnownMnemonic = "test test test test test test test test test test test junk";
const wellKnownIndex = 1;

export interface KeySource {
  /** A file with 32 bytes in hexadecimal, or a keystore of version 3. */
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
    throw new Error(`Chain ${chainId} is not a local one: set RUNNER_KEY_FILE to the runner's key.`);
  }
  const text = readFileSync(source.file, "utf8").trim();
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) return privateKeyToAccount(`0x${text.replace(/^0x/, "")}`);
  if (!text.startsWith("{")) throw new Error(`${source.file} holds neither 32 bytes in hexadecimal nor a keystore.`);
  if (source.passwordFile === undefined) {
    throw new Error(`${source.file} is a keystore: set RUNNER_KEY_PASSWORD_FILE to a file with its password.`);
  }
  const password = readFileSync(source.passwordFile, "utf8").replace(/\r?\n$/, "");
  return privateKeyToAccount(bytesToHex(decryptKeystore(text, password)));
}
