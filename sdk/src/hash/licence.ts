import { bytesToHex, type Hex, hexToBytes } from "viem";
import { packHex } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";

/** SPDX identifier as left-aligned ASCII, 1 to 32 bytes. @throws InvalidValueError */
export function licenceToBytes32(licence: string): Hex {
  if (!/^[\x21-\x7e]{1,32}$/.test(licence))
    throw new InvalidValueError("licence", "1 to 32 printable ASCII characters", licence);
  const bytes = new Uint8Array(32);
  for (let at = 0; at < licence.length; at++) bytes[at] = licence.charCodeAt(at);
  return bytesToHex(bytes);
}

/** The identifier in a licence word. @throws InvalidValueError when it is not left-aligned printable ASCII. */
export function licenceFromBytes32(word: Hex): string {
  packHex("licence", word, 32);
  const bytes = hexToBytes(word);
  const end = bytes.indexOf(0);
  const text = String.fromCharCode(...bytes.subarray(0, end < 0 ? 32 : end));
  if (licenceToBytes32(text) !== word.toLowerCase()) throw new InvalidValueError("licence", "left-aligned ASCII", word);
  return text;
}
