import { InvalidValueError } from "../errors/InvalidValueError.js";

/** What a file of the protocol may hold: no floats. Numbers are safe integers; larger and fractional ones are decimal strings. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * One spelling for one value: keys sorted by UTF-16 code unit, no spaces, integers only.
 * Absent (`undefined`) members are left out. @throws InvalidValueError on floats and lone surrogates.
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, "value");
}

/** UTF-8 bytes of the canonical JSON: what is hashed and stored. */
export function canonicalJsonBytes(value: JsonValue): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

function write(value: JsonValue, at: string): string {
  switch (typeof value) {
    case "string":
      if (/\p{Surrogate}/u.test(value)) throw new InvalidValueError(at, "well-formed Unicode", value);
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
        throw new InvalidValueError(at, "a safe integer (a larger or fractional number is a decimal string)", value);
      }
      return String(value);
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) {
        return `[${value.map((item: JsonValue, index) => write(item, `${at}[${index}]`)).join(",")}]`;
      }
      const members = value as { readonly [key: string]: JsonValue | undefined };
      const parts: string[] = [];
      for (const key of Object.keys(members).sort()) {
        const member = members[key];
        if (member !== undefined) parts.push(`${write(key, at)}:${write(member, `${at}.${key}`)}`);
      }
      return `{${parts.join(",")}}`;
    }
    default:
      throw new InvalidValueError(at, "a string, an integer, a boolean, an array or an object", value);
  }
}

/**
 * Takes parsed JSON of foreign making in: numbers that are not safe integers become their shortest decimal strings
 * (`0.5` → `"0.5"`), as ECMAScript defines them. @throws InvalidValueError on what is no JSON.
 */
export function fractionsAsText(value: unknown): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : String(value);
  if (Array.isArray(value)) return value.map(fractionsAsText);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fractionsAsText(member)]));
  }
  throw new InvalidValueError("value", "parsed JSON", value);
}
