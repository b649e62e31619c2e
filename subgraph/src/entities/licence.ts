import { Bytes } from "@graphprotocol/graph-ts";

/** Left-aligned ASCII to a string; bytes outside printable ASCII become `?`, so that no handler fails on odd input. */
export function licenceName(licence: Bytes): string {
  let name = "";
  for (let i = 0; i < licence.length && licence[i] != 0; i++) {
    const code = licence[i] as i32;
    name += code >= 32 && code < 127 ? String.fromCharCode(code) : "?";
  }
  return name;
}
