import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODE_BYTES } from "../codes.js";
import { AttributionError } from "../errors.js";
import { ARBITRARY_ROWS } from "../testCodes.js";
import { AttributionIndex } from "./AttributionIndex.js";

const BASE = { baseWeightsRoot: `0x${"11".repeat(32)}`, attributionHash: `0x${"22".repeat(32)}` } as const;

describe("an index file", () => {
  test("gives the same index back", () => {
    fc.assert(
      fc.property(ARBITRARY_ROWS, ARBITRARY_ROWS, (rows, decoys) => {
        const index = AttributionIndex.of({ rows, ...BASE }, decoys);

        const parsed = AttributionIndex.parse(index.bytes);

        expect(parsed.root).toBe(index.root);
        expect(parsed.recordCount).toBe(rows.length);
        expect(parsed.thresholds).toEqual(index.thresholds);
        expect(parsed.floors).toEqual(index.floors);
        expect(rows.map((_, i) => parsed.row(i))).toEqual(rows);
      }),
    );
  });

  test("is refused when any byte of it is changed", () => {
    const rows = [
      {
        ids: Uint32Array.of(1, 2, 1),
        surprises: Uint8Array.of(9, 8, 7),
        codes: new Uint8Array(3 * CODE_BYTES).fill(3),
      },
      { ids: Uint32Array.of(2), surprises: Uint8Array.of(1), codes: new Uint8Array(CODE_BYTES).fill(9) },
    ];
    const { bytes } = AttributionIndex.of({ rows, ...BASE }, rows);

    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      expect(() => AttributionIndex.parse(changed), `byte ${at}`).toThrow(AttributionError);
    }
    expect(() => AttributionIndex.parse(bytes.subarray(0, bytes.length - 1))).toThrow(AttributionError);
  });

  test("is refused for a record longer than the context", () => {
    const row = {
      ids: new Uint32Array(257),
      surprises: new Uint8Array(257),
      codes: new Uint8Array(257 * CODE_BYTES),
    };

    expect(() => AttributionIndex.of({ rows: [row], ...BASE }, [])).toThrow(/record 0 has 257 tokens, at most 256/);
  });
});
