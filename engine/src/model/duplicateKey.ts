/**
 * The first key that an object has twice in its JSON, undefined where it has none: `JSON.parse` keeps the last one and
 * says nothing. Keys of objects inside are not looked at.
 *
 * @param json text of an object that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  const keys = new Set<string>();
  let depth = 0;
  let isKey = true;
  for (let at = 0; at < json.length; at++) {
    const sign = json[at];
    if (sign === '"') {
      const end = stringEnd(json, at);
      if (depth === 1 && isKey) {
        // Decoded: the same key can be written with and without escapes.
        const key = JSON.parse(json.slice(at, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    } else if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    else if (depth === 1 && (sign === ":" || sign === ",")) isKey = sign === ",";
  }
  return undefined;
}

/** The place after a string that begins at `start`. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}
