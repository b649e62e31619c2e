import { OpenLedgerError } from "./OpenLedgerError.js";

/** A value given by the caller lies outside its documented bounds. */
export class InvalidValueError extends OpenLedgerError {
  override readonly name = "InvalidValueError";
  readonly field: string;

  /** @param field Which value. @param expected Its bound, as a phrase. @param found What was given. */
  constructor(field: string, expected: string, found: unknown) {
    super(`${field}: expected ${expected}, found ${describe(found)}.`, { code: "invalid_value", retryable: false });
    this.field = field;
  }
}

function describe(value: unknown): string {
  if (typeof value === "string") return value.length > 80 ? `"${value.slice(0, 77)}…"` : `"${value}"`;
  if (typeof value === "bigint") return `${value}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
