import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";

/** Base64url without padding, of UTF-8 text. */
export function encodeBase64Url(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @throws MalformedDocumentError */
export function decodeBase64Url(document: string, encoded: string): string {
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) throw new MalformedDocumentError(document, "", "expected base64url");
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new MalformedDocumentError(document, "", "expected base64url of UTF-8", cause);
  }
}
