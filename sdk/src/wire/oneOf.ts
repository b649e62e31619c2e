import type { DocumentReader } from "./DocumentReader.js";

/** A text of a list. @throws MalformedDocumentError */
export function oneOf<T extends string>(reader: DocumentReader, known: readonly T[]): T {
  const text = reader.text();
  const found = known.find((one) => one === text);
  if (found === undefined) reader.fail(`expected one of ${known.join(", ")}`);
  return found;
}
