import { AttributionError } from "../errors.js";
import type { GradientSketches } from "./GradientSketches.js";
import { encodeHead, type SketchesHead } from "./sketchesRoot.js";
import { tokensHash } from "./tokensHash.js";

/**
 * Reads sketches through: whether they are of these records, row by row.
 *
 * @param records Tokens of each, in their order
 * @throws AttributionError `gradients_mismatch` with what they are of instead
 */
export async function checkSketches(
  sketches: GradientSketches,
  head: SketchesHead,
  records: readonly (readonly number[])[],
): Promise<void> {
  const { kind, recordCount, basisRoot, sizes } = sketches;
  if (!sameHead(head, { kind, records: recordCount, basisRoot, sizes })) {
    throw mismatch(
      `${head.kind} sketches of ${head.records} records in basis ${head.basisRoot}`,
      `${kind} ones of ${recordCount} in ${basisRoot}`,
    );
  }
  for await (const row of sketches.rows()) {
    if (!isOfRecord(row, row.record, records[row.record]!))
      throw mismatch(`the tokens of record ${row.record}`, "others");
  }
}

export function isOfRecord(
  row: { readonly record: number; readonly tokensHash: Uint8Array },
  record: number,
  ids: readonly number[],
): boolean {
  return row.record === record && Buffer.compare(row.tokensHash, tokensHash(ids)) === 0;
}

export function sameHead(a: SketchesHead, b: SketchesHead): boolean {
  return Buffer.compare(encodeHead(a), encodeHead(b)) === 0;
}

function mismatch(wanted: string, found: string): AttributionError {
  return new AttributionError("gradients_mismatch", `sketches: expected ${wanted}, found ${found}`);
}
