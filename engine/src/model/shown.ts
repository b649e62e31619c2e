const LIMIT = 100;
/** Elements of a list that is shown in full; the shape of a tensor has as many at most. */
const FULL_LIST = 8;

/**
 * What was found in a file, for the message of an error. At most about 100 characters of any value: nothing nested is
 * entered, and none of a value's own methods is called, so that a hostile file chooses neither length nor failure.
 */
export function shown(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "string") return shortened(JSON.stringify(shortened(value)));
  if (Array.isArray(value)) {
    const full = value.length <= FULL_LIST && value.every((entry) => typeof entry !== "object" || entry === null);
    return full ? shortened(`[${value.map(shown).join(",")}]`) : `a list of ${value.length}`;
  }
  if (typeof value === "object" && value !== null) return "an object";
  return shortened(String(value));
}

/** A text of a file, such as the name of a tensor, cut where it is longer than a name would be. */
export function shortened(text: string): string {
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text;
}
