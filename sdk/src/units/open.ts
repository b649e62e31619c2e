import { InvalidValueError } from "../errors/InvalidValueError.js";

const DECIMALS = 18;

/** Base units of a decimal amount of OPEN, exactly. @throws InvalidValueError on more than 18 decimals or other text. */
export function parseOpen(text: string): bigint {
  const match = /^(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) throw new InvalidValueError("amount", "a decimal number of OPEN with at most 18 decimals", text);
  return BigInt(match[1]! + (match[2] ?? "").padEnd(DECIMALS, "0"));
}

/** Decimal amount of OPEN, exactly, without trailing zeros. */
export function formatOpen(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, "0");
  const whole = digits.slice(0, -DECIMALS);
  const decimals = digits.slice(-DECIMALS).replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${whole}${decimals === "" ? "" : `.${decimals}`}`;
}
